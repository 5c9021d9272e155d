namespace WorldModelActors.Settings;

/// <summary>A value as it was written, substitutions not yet replaced.</summary>
internal abstract class HoconSyntax(HoconOrigin origin)
{
    public HoconOrigin Origin { get; } = origin;
}

/// <summary>Text, number, boolean or null; which of them is decided by whoever asks for it.</summary>
internal sealed class ScalarSyntax(string text, bool isNull, HoconOrigin origin) : HoconSyntax(origin)
{
    public string Text { get; } = text;

    public bool IsNull { get; } = isNull;
}

/// <summary>Blanks between two parts of a concatenation.</summary>
internal sealed class BlankSyntax(string text, HoconOrigin origin) : HoconSyntax(origin)
{
    public string Text { get; } = text;
}

/// <summary><c>[a, b]</c>.</summary>
internal sealed class ArraySyntax(List<HoconSyntax> items, HoconOrigin origin) : HoconSyntax(origin)
{
    /// <summary>The items; only the parser that made them adds to them.</summary>
    public List<HoconSyntax> Items { get; } = items;
}

/// <summary><c>${a.b}</c> or <c>${?a.b}</c>.</summary>
/// <param name="prefix">Where the file that says so was included; its own keys are looked up below it first.</param>
/// <param name="path">What to look up.</param>
/// <param name="isOptional">True where nothing is a fine answer.</param>
/// <param name="origin">Where it was written.</param>
internal sealed class SubstitutionSyntax(
    IReadOnlyList<string> prefix, IReadOnlyList<string> path, bool isOptional, HoconOrigin origin) : HoconSyntax(origin)
{
    public IReadOnlyList<string> Prefix { get; } = prefix;

    public IReadOnlyList<string> Path { get; } = path;

    public bool IsOptional { get; } = isOptional;

    public override string ToString() => (IsOptional ? "${?" : "${") + HoconPath.Render(Path) + "}";
}

/// <summary>Values side by side: texts are joined, arrays appended, objects merged.</summary>
internal class ConcatenationSyntax(IReadOnlyList<HoconSyntax> parts, HoconOrigin origin) : HoconSyntax(origin)
{
    public IReadOnlyList<HoconSyntax> Parts { get; } = parts;
}

/// <summary><c>a += x</c>, which means <c>a = ${?a} [x]</c>.</summary>
internal sealed class AppendSyntax(SubstitutionSyntax older, ArraySyntax added, HoconOrigin origin)
    : ConcatenationSyntax([older, added], origin)
{
    public ArraySyntax Added { get; } = added;
}

/// <summary>A value that is known already, in the place of what was written.</summary>
internal sealed class ResolvedSyntax(HoconValue value) : HoconSyntax(value.Origin)
{
    public HoconValue Value { get; } = value;
}

/// <summary>
/// <c>{ … }</c>. A field keeps its assignments in order, oldest first: a later one replaces or (objects) is merged with earlier ones, and
/// may refer to them.
/// </summary>
internal sealed class ObjectSyntax(HoconOrigin origin) : HoconSyntax(origin)
{
    private readonly Dictionary<string, List<HoconSyntax>> _fields = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, List<HoconSyntax>> Fields => _fields;

    /// <summary>Adds an assignment to <c>path</c>, newer than all that is there.</summary>
    public void Assign(IReadOnlyList<string> path, HoconSyntax value, HoconOrigin keyOrigin)
    {
        var target = this;
        for (var i = 0; i + 1 < path.Count; i++)
        {
            target = target.ObjectAt(path[i], keyOrigin);
        }

        if (value is ObjectSyntax added)
        {
            target.ObjectAt(path[^1], value.Origin).MergeNewer(added);
            return;
        }

        var assignments = target.AssignmentsOf(path[^1]);
        if (value is ScalarSyntax)
        {
            // Nothing older can be seen through plain text.
            assignments.Clear();
        }

        assignments.Add(value);
    }

    /// <summary><c>path += value</c>.</summary>
    /// <param name="path">The key below this object.</param>
    /// <param name="value">What to append.</param>
    /// <param name="self">The same key from the root of the settings.</param>
    /// <param name="keyOrigin">Where the key stands.</param>
    public void Append(IReadOnlyList<string> path, HoconSyntax value, IReadOnlyList<string> self, HoconOrigin keyOrigin)
    {
        // Plain items join the array that is there, so that a long list of them does not become a deep one.
        var items = value is ScalarSyntax && NewestAt(path) is { } newest
            ? (newest as ArraySyntax ?? (newest as AppendSyntax)?.Added)?.Items
            : null;
        if (items is not null)
        {
            items.Add(value);
            return;
        }

        var older = new SubstitutionSyntax([], self, isOptional: true, keyOrigin);
        Assign(path, new AppendSyntax(older, new ArraySyntax([value], value.Origin), value.Origin), keyOrigin);
    }

    /// <summary>Adds all assignments of another object, newer than those here. The other object is not changed and not shared.</summary>
    public void MergeNewer(ObjectSyntax newer)
    {
        foreach (var (key, values) in newer._fields)
        {
            foreach (var value in values)
            {
                Assign([key], value, value.Origin);
            }
        }
    }

    private HoconSyntax? NewestAt(IReadOnlyList<string> path)
    {
        HoconSyntax? newest = this;
        foreach (var key in path)
        {
            newest = newest is ObjectSyntax it && it._fields.TryGetValue(key, out var assignments) ? assignments[^1] : null;
        }

        return newest;
    }

    private ObjectSyntax ObjectAt(string key, HoconOrigin origin)
    {
        var assignments = AssignmentsOf(key);
        if (assignments.Count > 0 && assignments[^1] is ObjectSyntax newest)
        {
            return newest;
        }

        var added = new ObjectSyntax(origin);
        assignments.Add(added);
        return added;
    }

    private List<HoconSyntax> AssignmentsOf(string key)
    {
        if (!_fields.TryGetValue(key, out var assignments))
        {
            assignments = [];
            _fields.Add(key, assignments);
        }

        return assignments;
    }
}

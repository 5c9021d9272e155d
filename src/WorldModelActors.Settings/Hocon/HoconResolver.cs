using System.Text;

namespace WorldModelActors.Settings;

/// <summary>
/// Replaces substitutions. A substitution sees the final value of what it names, wherever that is written; one that stands in the
/// value it names sees the older assignments of it (<c>path = ${path}":/more"</c>); any other circle is an error, also of optional
/// substitutions, because its answer would depend on where one starts. Where the settings say nothing the environment is asked.
/// </summary>
/// <remarks>
/// A key path has <i>layers</i>: everything assigned to it, oldest first. While a layer, or the object that layers make, is being
/// resolved there is a frame for it. A value that looked at an open frame of somebody else holds only within that frame, so it is not
/// remembered.
/// </remarks>
internal sealed class HoconResolver(ObjectSyntax root, Func<string, string?> environment)
{
    private const int Untouched = int.MaxValue;

    private readonly Dictionary<string, List<HoconSyntax>> _layers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HoconValue?> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Path, HoconSyntax Layer), HoconValue?> _layerValues = [];
    private readonly List<Frame> _frames = [];
    private SubstitutionSyntax? _asking;
    private int _touched = Untouched;
    private int _depth;
    private int _steps;
    private long _produced;

    public HoconObject Resolve()
    {
        var fields = new Dictionary<string, HoconValue>(StringComparer.Ordinal);
        foreach (var key in root.Fields.Keys)
        {
            if (ValueAt([key]) is { } value)
            {
                fields.Add(key, value);
            }
        }

        return new HoconObject(fields, root.Origin);
    }

    private static string Id(IReadOnlyList<string> path) => HoconPath.Render(path);

    /// <summary>The final value of a key path; null if nothing is assigned to it.</summary>
    private HoconValue? ValueAt(IReadOnlyList<string> path)
    {
        var id = Id(path);
        if (_values.TryGetValue(id, out var known))
        {
            return known;
        }

        var frame = _frames.FindLastIndex(open => open.Path == id);
        if (frame >= 0)
        {
            LookBack(frame);
            return Below(_frames[frame]);
        }

        return Remember(_values, id, () => Visible(path, id));
    }

    /// <summary>What a path's layers make together; the children of objects are looked up by their own paths.</summary>
    private HoconValue? Visible(IReadOnlyList<string> path, string id)
    {
        var layers = LayersOf(path, id);
        var keys = new List<string>();
        ObjectOrigin? newest = null;
        var lowest = layers.Count;
        for (var i = layers.Count - 1; i >= 0; i--)
        {
            if (layers[i] is ObjectSyntax it)
            {
                newest ??= new ObjectOrigin(it.Origin);
                keys.InsertRange(0, it.Fields.Keys);
                lowest = i;
                continue;
            }

            var value = LayerValue(id, layers, i);
            if (value is HoconObject known)
            {
                newest ??= new ObjectOrigin(known.Origin);
                keys.InsertRange(0, known.Fields.Keys);
                lowest = i;
            }
            else if (value is not null)
            {
                if (newest is null)
                {
                    return value;
                }

                break;
            }
        }

        return newest is { } origin
            ? Within(new Frame(id, layers, lowest, IsWhole: true), () => Children(path, keys, origin.Origin))
            : null;
    }

    private HoconObject Children(IReadOnlyList<string> path, List<string> keys, HoconOrigin origin)
    {
        var fields = new Dictionary<string, HoconValue>(StringComparer.Ordinal);
        foreach (var key in keys.Distinct(StringComparer.Ordinal))
        {
            if (ValueAt([.. path, key]) is { } value)
            {
                fields.Add(key, value);
            }
        }

        return new HoconObject(fields, origin);
    }

    /// <summary>What the layers older than the frame's make together: the answer to a reference to oneself.</summary>
    private HoconValue? Below(Frame frame)
    {
        HoconObject? merged = null;
        for (var i = frame.Layer - 1; i >= 0; i--)
        {
            switch (LayerValue(frame.Path, frame.Layers, i))
            {
                case null:
                    break;
                case HoconObject older:
                    merged = merged is null ? older : Merge(older, merged);
                    break;
                case var plain:
                    return merged ?? plain;
            }
        }

        return merged;
    }

    private HoconValue? LayerValue(string id, List<HoconSyntax> layers, int layer) =>
        Remember(
            _layerValues,
            (id, layers[layer]),
            () => Within(new Frame(id, layers, layer, IsWhole: false), () => ValueOf(layers[layer])));

    /// <summary>Everything assigned to a key path, also through substitutions in the objects around it.</summary>
    private List<HoconSyntax> LayersOf(IReadOnlyList<string> path, string id)
    {
        if (path.Count == 1)
        {
            return root.Fields.TryGetValue(path[0], out var assignments) ? assignments : [];
        }

        return Remember(_layers, id, () => CollectLayers([.. path.Take(path.Count - 1)], path[^1]))!;
    }

    private List<HoconSyntax> CollectLayers(IReadOnlyList<string> parent, string key)
    {
        var parentId = Id(parent);
        var parentLayers = LayersOf(parent, parentId);
        var found = new List<HoconSyntax>();
        for (var i = parentLayers.Count - 1; i >= 0; i--)
        {
            switch (parentLayers[i])
            {
                case ObjectSyntax it:
                    if (it.Fields.TryGetValue(key, out var assignments))
                    {
                        found.InsertRange(0, assignments);
                    }

                    break;
                case SubstitutionSyntax or ConcatenationSyntax when IsOpen(parentLayers[i]):
                    // Being resolved: it cannot say yet, and what it will say may depend on the answer.
                    break;
                default:
                    switch (LayerValue(parentId, parentLayers, i))
                    {
                        case null:
                            break;
                        case HoconObject known:
                            if (known.Fields.TryGetValue(key, out var value))
                            {
                                found.Insert(0, new ResolvedSyntax(value));
                            }

                            break;
                        default:
                            return found;
                    }

                    break;
            }

            if (found is [ScalarSyntax, ..])
            {
                break;
            }
        }

        return found;
    }

    private bool IsOpen(HoconSyntax layer)
    {
        var frame = _frames.FindLastIndex(open => !open.IsWhole && open.Layers[open.Layer] == layer);
        if (frame >= 0)
        {
            LookBack(frame);
        }

        return frame >= 0;
    }

    private HoconValue? ValueOf(HoconSyntax syntax)
    {
        if (++_steps > HoconLimits.ResolutionSteps || _depth > HoconLimits.ResolutionDepth)
        {
            throw new HoconException("the substitutions here are too deep or too many", syntax.Origin);
        }

        _depth++;
        try
        {
            return syntax switch
            {
                ScalarSyntax scalar => new HoconScalar(scalar.Text, scalar.IsNull, scalar.Origin),
                ResolvedSyntax resolved => resolved.Value,
                ArraySyntax array => new HoconArray([.. array.Items.Select(ValueOf).OfType<HoconValue>()], array.Origin),
                ObjectSyntax it => ValueOf(it),
                SubstitutionSyntax substitution => ValueOf(substitution),
                ConcatenationSyntax concatenation => ValueOf(concatenation),
                _ => throw new InvalidOperationException($"{syntax.GetType().Name} is no value"),
            };
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>An object that no key path leads to: in an array, or a part of a concatenation.</summary>
    private HoconObject ValueOf(ObjectSyntax it)
    {
        var fields = new Dictionary<string, HoconValue>(StringComparer.Ordinal);
        foreach (var (key, assignments) in it.Fields)
        {
            HoconValue? value = null;
            for (var i = assignments.Count - 1; i >= 0 && value is null or HoconObject; i--)
            {
                var older = ValueOf(assignments[i]);
                if (value is null)
                {
                    value = older;
                }
                else if (older is HoconObject below)
                {
                    value = Merge(below, (HoconObject)value);
                }
                else if (older is not null)
                {
                    break;
                }
            }

            if (value is not null)
            {
                fields.Add(key, value);
            }
        }

        return new HoconObject(fields, it.Origin);
    }

    private HoconValue? ValueOf(SubstitutionSyntax substitution)
    {
        var touchedBefore = _touched;
        var askedBefore = _asking;
        _touched = Untouched;
        _asking = substitution;
        var value = substitution.Prefix.Count > 0 ? ValueAt([.. substitution.Prefix, .. substitution.Path]) : null;
        value ??= ValueAt(substitution.Path);
        var lookedBack = _touched != Untouched;
        _touched = Math.Min(_touched, touchedBefore);
        _asking = askedBefore;
        if (value is not null)
        {
            return value;
        }

        var name = string.Join('.', substitution.Path);
        if (environment(name) is { } text)
        {
            return new HoconScalar(text, HoconOrigin.Of($"environment variable {name}"));
        }

        if (substitution.IsOptional)
        {
            return null;
        }

        throw new HoconException(
            lookedBack
                ? $"{substitution} refers to itself, and nothing older is assigned"
                : $"{substitution} is not set: define it, or write ${{?{HoconPath.Render(substitution.Path)}}} if it may be missing",
            substitution.Origin);
    }

    private HoconValue? ValueOf(ConcatenationSyntax concatenation)
    {
        var parts = new List<(HoconValue? Value, string Blanks)>();
        foreach (var part in concatenation.Parts)
        {
            if (part is BlankSyntax blanks)
            {
                parts.Add((null, blanks.Text));
            }
            else if (ValueOf(part) is { } value)
            {
                parts.Add((value, string.Empty));
            }
        }

        HoconValue[] values = [.. parts.Select(part => part.Value).OfType<HoconValue>()];
        if (values.Length == 0)
        {
            return null;
        }

        if (values.All(value => value is HoconObject))
        {
            return values.Cast<HoconObject>().Aggregate(Merge);
        }

        if (values.All(value => value is HoconArray))
        {
            HoconValue[] items = [.. values.Cast<HoconArray>().SelectMany(array => array.Items)];
            Charge(items.Length, concatenation.Origin);
            return new HoconArray(items, concatenation.Origin);
        }

        if (values.FirstOrDefault(value => value is not HoconScalar) is { } odd)
        {
            throw new HoconException(
                $"{odd.Describe()} and {values.First(value => value.GetType() != odd.GetType()).Describe()} cannot be joined",
                concatenation.Origin);
        }

        return values is [HoconScalar { IsNull: true } single] ? single : Join(parts, concatenation.Origin);
    }

    private HoconScalar Join(List<(HoconValue? Value, string Blanks)> parts, HoconOrigin origin)
    {
        // A missing optional part takes the blanks beside it away where it stood first or last.
        var first = parts.FindIndex(part => part.Value is not null);
        var last = parts.FindLastIndex(part => part.Value is not null);
        var text = new StringBuilder();
        foreach (var (value, blanks) in parts[first..(last + 1)])
        {
            var part = value is HoconScalar scalar ? scalar.Text : blanks;
            Charge(part.Length, origin);
            text.Append(part);
        }

        return new HoconScalar(text.ToString(), origin);
    }

    /// <summary>An object with the fields of a newer one over it; objects within are merged likewise.</summary>
    private HoconObject Merge(HoconObject older, HoconObject newer)
    {
        Charge(older.Fields.Count + newer.Fields.Count, newer.Origin);
        var merged = new Dictionary<string, HoconValue>(older.Fields, StringComparer.Ordinal);
        foreach (var (key, value) in newer.Fields)
        {
            merged[key] = value is HoconObject inner && merged.TryGetValue(key, out var below) && below is HoconObject olderInner
                ? Merge(olderInner, inner)
                : value;
        }

        return new HoconObject(merged, newer.Origin);
    }

    private void Charge(int amount, HoconOrigin origin)
    {
        _produced += amount;
        if (_produced > HoconLimits.ResolvedLength)
        {
            throw new HoconException("the substitutions here produce too much", origin);
        }
    }

    private T Within<T>(Frame frame, Func<T> resolve)
    {
        if (_frames.Count > HoconLimits.ResolutionDepth)
        {
            throw new HoconException("the substitutions here are too deep", frame.Layers[frame.Layer].Origin, frame.Path);
        }

        _frames.Add(frame);
        try
        {
            return resolve();
        }
        finally
        {
            _frames.RemoveAt(_frames.Count - 1);
        }
    }

    /// <summary>Notes a look at an open frame; refused unless it comes from the very layer that is being resolved there.</summary>
    private void LookBack(int frame)
    {
        if (_frames[frame].IsWhole || frame != _frames.Count - 1)
        {
            throw new HoconException(
                $"{_asking} closes a circle: '{_frames[frame].Path}' is made from it", _asking?.Origin, _frames[^1].Path);
        }

        _touched = Math.Min(_touched, frame);
    }

    /// <summary>Computes once; keeps the result unless it depends on a frame that was open before.</summary>
    private T Remember<TKey, T>(Dictionary<TKey, T> memory, TKey key, Func<T> compute)
        where TKey : notnull
    {
        if (memory.TryGetValue(key, out var known))
        {
            return known;
        }

        var before = _touched;
        _touched = Untouched;
        var result = compute();
        if (_touched >= _frames.Count)
        {
            memory[key] = result;
            _touched = Untouched;
        }

        _touched = Math.Min(before, _touched);
        return result;
    }

    /// <summary>Something that is being resolved.</summary>
    /// <param name="Path">The key path.</param>
    /// <param name="Layers">Its layers.</param>
    /// <param name="Layer">The layer, or the oldest of those that make the object.</param>
    /// <param name="IsWhole">True: the object that the layers make together. False: the one layer.</param>
    private sealed record Frame(string Path, List<HoconSyntax> Layers, int Layer, bool IsWhole);

    private readonly record struct ObjectOrigin(HoconOrigin Origin);
}

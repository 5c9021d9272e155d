namespace WorldModelActors.Settings;

/// <summary>
/// The keys that a reference configuration documents: all that it assigns, even where the value is null or an unset variable. An empty
/// object there is open: any keys may stand in it.
/// </summary>
internal sealed class KnownKeys
{
    private readonly ObjectSyntax _reference;
    private readonly List<string> _paths = [];

    public KnownKeys(ObjectSyntax reference)
    {
        _reference = reference;
        Collect(reference, []);
    }

    public IEnumerable<UnknownKey> UnknownIn(ObjectSyntax settings) => UnknownIn(settings, _reference, []);

    private static ObjectSyntax? ObjectOf(List<HoconSyntax> assignments)
    {
        // Parts of concatenations count: a = ${b} { x = 1 } sets a.x.
        var objects = assignments.SelectMany(Parts).OfType<ObjectSyntax>().ToList();
        if (objects.Count < 2)
        {
            return objects.FirstOrDefault();
        }

        var merged = new ObjectSyntax(objects[0].Origin);
        objects.ForEach(merged.MergeNewer);
        return merged;

        static IEnumerable<HoconSyntax> Parts(HoconSyntax syntax) => syntax is ConcatenationSyntax it ? it.Parts : [syntax];
    }

    private IEnumerable<UnknownKey> UnknownIn(ObjectSyntax settings, ObjectSyntax reference, IReadOnlyList<string> path)
    {
        foreach (var (key, assignments) in settings.Fields)
        {
            IReadOnlyList<string> full = [.. path, key];
            var inner = ObjectOf(assignments);
            if (!reference.Fields.TryGetValue(key, out var documented))
            {
                var (leaf, origin) = FirstLeaf(full, assignments);
                yield return new UnknownKey(HoconPath.Render(leaf), origin, Suggest(leaf, reference, path));
            }
            else if (ObjectOf(documented) is { } section)
            {
                if (inner is null && assignments[^1] is ScalarSyntax or ArraySyntax)
                {
                    throw new HoconException(
                        $"expected a section {{ … }} with {string.Join(", ", section.Fields.Keys)}", assignments[^1].Origin, HoconPath.Render(full));
                }

                if (inner is not null && section.Fields.Count > 0)
                {
                    foreach (var unknown in UnknownIn(inner, section, full))
                    {
                        yield return unknown;
                    }
                }
            }
        }
    }

    /// <summary>The first value below an unknown key: its full path says more than that of the section alone.</summary>
    private static (IReadOnlyList<string> Path, HoconOrigin Origin) FirstLeaf(IReadOnlyList<string> path, List<HoconSyntax> assignments)
    {
        while (ObjectOf(assignments) is { Fields.Count: > 0 } inner)
        {
            var (key, values) = inner.Fields.First();
            path = [.. path, key];
            assignments = values;
        }

        return (path, assignments[^1].Origin);
    }

    private string? Suggest(IReadOnlyList<string> path, ObjectSyntax siblings, IReadOnlyList<string> parent)
    {
        // A neighbour with a similar name, then the same name elsewhere, then any similar path.
        if (path.Count == parent.Count + 1 && NearestName.Of(path[^1], siblings.Fields.Keys) is { } sibling)
        {
            return HoconPath.Render([.. parent, sibling]);
        }

        var last = "." + HoconPath.RenderElement(path[^1]);
        return _paths.FirstOrDefault(known => known.EndsWith(last, StringComparison.Ordinal))
            ?? NearestName.Of(HoconPath.Render(path), _paths);
    }

    private void Collect(ObjectSyntax section, IReadOnlyList<string> path)
    {
        foreach (var (key, assignments) in section.Fields)
        {
            IReadOnlyList<string> full = [.. path, key];
            if (ObjectOf(assignments) is { } inner)
            {
                Collect(inner, full);
            }
            else
            {
                _paths.Add(HoconPath.Render(full));
            }
        }
    }
}

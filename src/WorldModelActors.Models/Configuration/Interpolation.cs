using System.Globalization;
using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// OmegaConf's <c>${a.b.c}</c>: a value that is one reference stands for the node it names; inside of text the values are
/// joined. References are absolute, or relative with leading dots (<c>${.sibling}</c>, <c>${..uncle}</c>), may index lists
/// (<c>a.0</c>, <c>a[0]</c>) and may be nested (<c>${a.${b}}</c>); <c>\${</c> is literal. They are resolved when they are read,
/// as OmegaConf does, so an unread broken reference (upstream's files have some) does no harm. Resolvers such as
/// <c>${oc.env:X}</c> are refused.
/// </summary>
internal sealed class Interpolation(ConfigNode root)
{
    private const int LongestText = 65_536;

    private const int MostEvaluations = 100_000;

    private readonly List<ConfigNode> _open = [];
    private int _evaluations;

    /// <summary>The node itself, or what its reference stands for.</summary>
    /// <exception cref="ConfigurationException">A reference is unknown, circular or malformed; the message names the key.</exception>
    public ConfigNode Resolve(ConfigNode node)
    {
        if (node is not ConfigScalar { Value: string text } || !text.Contains("${", StringComparison.Ordinal))
        {
            return node;
        }

        if (_open.Contains(node))
        {
            throw new ConfigurationException($"{node.Where}: the interpolations go in a circle: {string.Join(" -> ", _open.SkipWhile(n => n != node).Append(node).Select(n => n.Where))}");
        }

        if (_open.Count >= 64)
        {
            throw new ConfigurationException($"{node.Where}: interpolations are nested deeper than 64 levels");
        }

        // References to references to ... double with every level; the count keeps that from taking forever.
        if (++_evaluations > MostEvaluations)
        {
            throw new ConfigurationException($"{node.Where}: the configuration needs more than {MostEvaluations} interpolations");
        }

        _open.Add(node);
        try
        {
            return Evaluate(node, text);
        }
        finally
        {
            _open.RemoveAt(_open.Count - 1);
        }
    }

    private ConfigNode Evaluate(ConfigNode node, string text)
    {
        // A single reference keeps the type of what it names.
        if (text.StartsWith("${", StringComparison.Ordinal) && End(node, text, 2) == text.Length - 1)
        {
            return Find(node, Join(node, text[2..^1]));
        }

        return new ConfigScalar(node.Path, Join(node, text));
    }

    /// <summary>Replaces every reference in a text by its value.</summary>
    private string Join(ConfigNode node, string text)
    {
        var result = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            if (text.AsSpan(at).StartsWith("\\${"))
            {
                result.Append("${");
                at += 3;
            }
            else if (text.AsSpan(at).StartsWith("${"))
            {
                var end = End(node, text, at + 2);
                var name = Join(node, text[(at + 2)..end]);
                result.Append(Find(node, name) is ConfigScalar { Value: var value }
                    ? Convert.ToString(value, CultureInfo.InvariantCulture)
                    : throw new ConfigurationException($"{node.Where}: ${{{name}}} is a list or a map and cannot stand inside of text"));
                at = end + 1;
            }
            else
            {
                result.Append(text[at++]);
            }

            if (result.Length > LongestText)
            {
                throw new ConfigurationException($"{node.Where}: the interpolated text is longer than {LongestText} characters");
            }
        }

        return result.ToString();
    }

    /// <summary>Position of the brace that closes the one before <paramref name="start"/>.</summary>
    private static int End(ConfigNode node, string text, int start)
    {
        var depth = 1;
        for (var at = start; at < text.Length; at++)
        {
            depth += text[at] == '{' ? 1 : text[at] == '}' ? -1 : 0;
            if (depth == 0)
            {
                return at;
            }
        }

        throw new ConfigurationException($"{node.Where}: an interpolation is not closed: '{Shorten(text)}'");
    }

    private ConfigNode Find(ConfigNode node, string reference)
    {
        var name = reference.Trim();
        if (name.Contains(':', StringComparison.Ordinal))
        {
            throw new ConfigurationException($"{node.Where}: the resolver in ${{{Shorten(name)}}} is not supported; write the value");
        }

        var dots = name.TakeWhile(c => c == '.').Count();
        var steps = Steps(name[dots..]);
        if (dots > 0)
        {
            var own = Steps(node.Path);
            if (dots > own.Count)
            {
                throw Unknown(node, name);
            }

            steps = [.. own.Take(own.Count - dots), .. steps];
        }

        var found = root;
        foreach (var step in steps)
        {
            found = Resolve(found) switch
            {
                ConfigMap map => map[step],
                ConfigList list when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Count => list.Items[index],
                _ => null,
            } ?? throw Unknown(node, name);
        }

        return Resolve(found);
    }

    private static List<string> Steps(string path)
        => [.. path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries)];

    private static ConfigurationException Unknown(ConfigNode node, string name) => new($"{node.Where}: ${{{Shorten(name)}}} names nothing in this configuration");

    private static string Shorten(string text) => text.Length <= 120 ? text : text[..117] + "...";
}

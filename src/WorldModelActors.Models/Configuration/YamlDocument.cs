using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using Scalar = YamlDotNet.Core.Events.Scalar;

namespace WorldModelActors.Models;

/// <summary>
/// Reads one YAML document into a tree. Aliases are expanded while everything is counted, so that neither nesting nor
/// repeated expansion can exhaust memory. Duplicate keys, merge keys and tags of other programs are refused.
/// </summary>
internal static class YamlDocument
{
    private const int MostNodes = 20_000;
    private const int MostDepth = 64;

    /// <exception cref="ConfigurationException">The text is no such document.</exception>
    public static ConfigNode Parse(string text) => new Builder(Events(text)).Node(0, "", 0).Node;

    private static List<ParsingEvent> Events(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                throw new ConfigurationException("is empty");
            }

            parser.Consume<DocumentStart>();
            var events = new List<ParsingEvent>();
            while (!parser.Accept<DocumentEnd>(out _))
            {
                events.Add(parser.Consume<ParsingEvent>());
                if (events.Count > 2 * MostNodes)
                {
                    throw TooLarge();
                }
            }

            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _) ? events : throw new ConfigurationException("holds several documents, expected one");
        }
        catch (YamlException e)
        {
            throw new ConfigurationException($"line {e.Start.Line}: is not valid YAML: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            // The scanner reports some malformed texts this way.
            throw new ConfigurationException($"is not valid YAML: {e.Message}", e);
        }
    }

    private static ConfigurationException TooLarge() => new($"has more than {MostNodes} values (aliases expanded)");

    private sealed class Builder(List<ParsingEvent> events)
    {
        private readonly Dictionary<string, int> _anchors = new(StringComparer.Ordinal);
        private readonly HashSet<string> _open = new(StringComparer.Ordinal);
        private int _nodes;

        /// <summary>The node that begins at an event, and the event after it.</summary>
        public (ConfigNode Node, int Next) Node(int at, string path, int depth)
        {
            if (++_nodes > MostNodes)
            {
                throw TooLarge();
            }

            if (depth > MostDepth)
            {
                throw new ConfigurationException($"line {events[at].Start.Line}: is nested deeper than {MostDepth} levels");
            }

            if (events[at] is AnchorAlias alias)
            {
                var name = alias.Value.Value;
                if (_open.Contains(name) || !_anchors.TryGetValue(name, out var target))
                {
                    throw new ConfigurationException($"line {alias.Start.Line}: the alias '*{name}' has no finished anchor");
                }

                return (Node(target, path, depth + 1).Node, at + 1);
            }

            var anchor = events[at] is NodeEvent { Anchor.IsEmpty: false } node ? node.Anchor.Value : null;
            if (anchor is not null)
            {
                _anchors[anchor] = at;
                _open.Add(anchor);
            }

            var result = events[at] switch
            {
                Scalar scalar => (new ConfigScalar(path, Value(scalar)), at + 1),
                SequenceStart sequence => List(sequence, at + 1, path, depth),
                MappingStart mapping => Map(mapping, at + 1, path, depth),
                var other => throw new ConfigurationException($"line {other.Start.Line}: is not valid YAML"),
            };
            if (anchor is not null)
            {
                _open.Remove(anchor);
            }

            return result;
        }

        private (ConfigNode Node, int Next) List(SequenceStart start, int at, string path, int depth)
        {
            RefuseTag(start.Tag, start.Start, "seq");
            var list = new ConfigList(path);
            while (events[at] is not SequenceEnd)
            {
                (var item, at) = Node(at, $"{path}[{list.Items.Count}]", depth + 1);
                list.Items.Add(item);
            }

            return (list, at + 1);
        }

        private (ConfigNode Node, int Next) Map(MappingStart start, int at, string path, int depth)
        {
            RefuseTag(start.Tag, start.Start, "map");
            var map = new ConfigMap(path);
            while (events[at] is not MappingEnd)
            {
                if (events[at] is not Scalar key)
                {
                    throw new ConfigurationException($"line {events[at].Start.Line}: a key is not plain text");
                }

                if (key.Value == "<<" && key.IsPlainImplicit)
                {
                    throw new ConfigurationException($"line {key.Start.Line}: merge keys (<<) are not supported; write the keys out");
                }

                (var value, at) = Node(at + 1, path.Length == 0 ? key.Value : $"{path}.{key.Value}", depth + 1);
                if (!map.TryAdd(key.Value, value))
                {
                    throw new ConfigurationException($"line {key.Start.Line}: the key '{value.Path}' occurs twice");
                }
            }

            return (map, at + 1);
        }

        private static object? Value(Scalar scalar)
        {
            RefuseTag(scalar.Tag, scalar.Start, "str", "int", "float", "bool", "null");
            var isPlain = scalar.Tag.IsEmpty ? scalar.Style == ScalarStyle.Plain : scalar.Tag.Value != "tag:yaml.org,2002:str";
            return isPlain ? YamlScalar.Resolve(scalar.Value) : scalar.Value;
        }

        private static void RefuseTag(TagName tag, Mark start, params ReadOnlySpan<string> allowed)
        {
            const string core = "tag:yaml.org,2002:";
            if (!tag.IsEmpty && !tag.IsNonSpecific && !(tag.Value.StartsWith(core, StringComparison.Ordinal) && allowed.Contains(tag.Value[core.Length..])))
            {
                throw new ConfigurationException($"line {start.Line}: the tag '{tag.Value}' is refused; only plain values are read");
            }
        }
    }
}

using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using Scalar = YamlDotNet.Core.Events.Scalar;

namespace WorldModelActors.Episodes;

/// <summary>A value of a YAML document.</summary>
/// <param name="Line">Its line, from 1.</param>
internal abstract record YamlValue(int Line);

/// <summary>Text, number, boolean: as it is written.</summary>
internal sealed record YamlText(string Text, int Line) : YamlValue(Line);

/// <summary>A list.</summary>
internal sealed record YamlList(IReadOnlyList<YamlValue> Items, int Line) : YamlValue(Line);

/// <summary>Values by key, in the order of the file.</summary>
internal sealed record YamlMap(IReadOnlyList<(YamlText Key, YamlValue Value)> Entries, int Line) : YamlValue(Line);

/// <summary>
/// Reads a small YAML document strictly: no anchors and aliases (one line could stand for gigabytes), no tags, no duplicate keys, one
/// document, bounded depth.
/// </summary>
internal sealed class YamlTree
{
    private const int MostDepth = 16;
    private readonly string _source;
    private readonly Parser _parser;

    private YamlTree(string text, string source)
    {
        _source = source;
        _parser = new Parser(new StringReader(text));
    }

    /// <param name="text">The document.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="SweepException">It is no such document.</exception>
    public static YamlMap Parse(string text, string source)
    {
        try
        {
            var tree = new YamlTree(text, source);
            tree._parser.Consume<StreamStart>();
            if (tree._parser.Accept<StreamEnd>(out _))
            {
                throw new SweepException($"{source}: the sweep file is empty; see docs/sweeps.md");
            }

            tree._parser.Consume<DocumentStart>();
            var root = tree.Read(0) as YamlMap ?? throw new SweepException($"{source}: the sweep file is no list of 'key: value'; see docs/sweeps.md");
            tree._parser.Consume<DocumentEnd>();
            return tree._parser.Accept<StreamEnd>(out _) ? root : throw new SweepException($"{source}: the file holds several documents; use one file for each sweep");
        }
        catch (YamlException cause)
        {
            throw new SweepException(string.Create(CultureInfo.InvariantCulture, $"{source}:{cause.Start.Line}: no valid YAML: {OneLine(cause.Message)}"), cause);
        }
        catch (Exception cause) when (cause is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            // The scanner reports some malformed texts this way.
            throw new SweepException($"{source}: no valid YAML: {OneLine(cause.Message)}", cause);
        }
    }

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private YamlValue Read(int depth)
    {
        var next = _parser.Consume<ParsingEvent>();
        var line = (int)next.Start.Line;
        if (next is AnchorAlias)
        {
            throw Fault(line, "aliases (*name) are not taken here; write the value out");
        }

        if (next is not NodeEvent node)
        {
            throw Fault(line, "no valid YAML");
        }

        if (!node.Anchor.IsEmpty)
        {
            throw Fault(line, "anchors (&name) are not taken here; write the value out");
        }

        if (!node.Tag.IsEmpty)
        {
            throw Fault(line, $"tags ({node.Tag}) are not taken here");
        }

        if (depth > MostDepth)
        {
            throw Fault(line, string.Create(CultureInfo.InvariantCulture, $"nested deeper than {MostDepth} levels"));
        }

        return node switch
        {
            Scalar scalar => new YamlText(scalar.Value, line),
            SequenceStart => ReadList(line, depth),
            MappingStart => ReadMap(line, depth),
            _ => throw Fault(line, "no valid YAML"),
        };
    }

    private YamlList ReadList(int line, int depth)
    {
        var items = new List<YamlValue>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Read(depth + 1));
        }

        return new YamlList(items, line);
    }

    private YamlMap ReadMap(int line, int depth)
    {
        var entries = new List<(YamlText, YamlValue)>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = Read(depth + 1) as YamlText ?? throw Fault(line, "a key is no plain text");
            if (!lines.TryAdd(key.Text, key.Line))
            {
                throw Fault(key.Line, string.Create(CultureInfo.InvariantCulture, $"'{key.Text}' was given in line {lines[key.Text]} already"));
            }

            entries.Add((key, Read(depth + 1)));
        }

        return new YamlMap(entries, line);
    }

    private SweepException Fault(int line, string fault) => new(string.Create(CultureInfo.InvariantCulture, $"{_source}:{line}: {fault}"));
}

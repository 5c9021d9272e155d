using System.Globalization;
using System.Text.RegularExpressions;
using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>
/// Finds the part of the network that a recording is about: the index names it by its key (<c>input_blocks.1.1</c>); where it does not, the
/// first part of the right kind and width is taken.
/// </summary>
internal static partial class NetworkMap
{
    /// <summary>The key that <paramref name="what"/> gives behind <c>label:</c>, or null.</summary>
    public static string? Key(string what, string label)
    {
        var start = Regex.Match(what, $@"(?<![\w*]){Regex.Escape(label)}\s*:", RegexOptions.CultureInvariant);
        if (!start.Success)
        {
            return null;
        }

        var key = KeyPattern().Match(what, start.Index + start.Length);
        return key.Success ? key.Value : null;
    }

    /// <summary>The part of this key, if it is a <typeparamref name="T"/>.</summary>
    public static T? Find<T>(WmaUNet network, string? key)
        where T : class
    {
        if (key is null)
        {
            return null;
        }

        var path = key.Split('.');
        var numbers = path.Skip(1).Select(p => int.Parse(p, CultureInfo.InvariantCulture)).ToArray();
        return path[0] switch
        {
            "init_attn" => network.InitialAttention as T,
            "input_blocks" => Child<T>(Children(network.InputBlocks, numbers[0] - 1), numbers[1..]),
            "output_blocks" => Child<T>(Children(network.OutputBlocks, numbers[0]), numbers[1..]),
            "middle_block" => Child<T>(network.MiddleBlock, numbers),
            _ => null,
        };
    }

    /// <summary>Every part of the network of type <typeparamref name="T"/> on the way down, in order.</summary>
    public static IEnumerable<T> Down<T>(WmaUNet network) => network.InputBlocks.SelectMany(b => b.Children).Concat(network.MiddleBlock).OfType<T>();

    /// <summary>Every part of the network of type <typeparamref name="T"/> on the way up, the last first.</summary>
    public static IEnumerable<T> Up<T>(WmaUNet network) => network.OutputBlocks.Reverse().SelectMany(b => b.Children).OfType<T>();

    private static IReadOnlyList<object> Children(IReadOnlyList<UNetBlock> blocks, int index) =>
        index >= 0 && index < blocks.Count ? blocks[index].Children : [];

    private static T? Child<T>(IReadOnlyList<object> children, int[] path)
        where T : class => path.Length > 0 && path[0] < children.Count ? children[path[0]] as T : null;

    [GeneratedRegex(@"(?:(?:input_blocks|output_blocks)\.\d+\.\d+|(?:middle_block|init_attn)\.\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex KeyPattern();
}

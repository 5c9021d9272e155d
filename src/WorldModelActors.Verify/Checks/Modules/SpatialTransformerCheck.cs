using System.Globalization;
using System.Text.RegularExpressions;
using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>
/// Spatial transformers: <c>SIDE_outL</c> the whole transformer on a context of L tokens per frame, <c>SIDE_attn2_L</c> its cross
/// attention alone, <c>SIDE_attn1</c> its self attention alone, <c>ff</c> the feed-forward, <c>mask_aa_K</c> the mask of K action keys.
/// </summary>
internal sealed partial class SpatialTransformerCheck : IGoldenCheck
{
    private const string WayUp = "out";

    public string Name => "mod_spatial_transformer";

    public string? Upstream => "SpatialTransformer.forward";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs("x", "tokens", @"ctx\d+");
        var network = session.Model.UNet;
        var x = file["x"];
        SpatialTransformer Transformer(string side) => NetworkMap.Find<SpatialTransformer>(network, NetworkMap.Key(entry.What, side + "_*") ?? NetworkMap.Key(entry.What, side))
            ?? (side == WayUp ? NetworkMap.Up<SpatialTransformer>(network) : NetworkMap.Down<SpatialTransformer>(network)).First(t => t.Channels == x.size(1));
        foreach (var name in file.Names)
        {
            if (Mask().Match(name) is { Success: true } mask)
            {
                var shape = file.Shape(name);
                var keys = int.Parse(mask.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                sheet.Compare(
                    name, ActionMask.Build(shape[0], network.Options.TemporalLength, keys, ScalarType.Float32, CPU).view(shape[0], keys), Tolerance.Exact);
            }
            else if (Output().Match(name) is { Success: true } output)
            {
                var transformer = Transformer(output.Groups[1].Value);
                var context = new FrameContext(file["ctx" + output.Groups[3].Value]);
                if (output.Groups[2].Value == "out")
                {
                    sheet.Compare(name, transformer.Forward(x, transformer.Prepare(context)), Tolerances.Module);
                }
                else
                {
                    var attention = transformer.Blocks[0].Attention2;
                    sheet.Compare(name, attention.Forward(file["tokens"], attention.Prepare(context)), Tolerances.Module);
                }
            }
            else if (name.EndsWith("_attn1", StringComparison.Ordinal))
            {
                sheet.Compare(name, Transformer(name[..^"_attn1".Length]).Blocks[0].Attention1.Forward(file["tokens"]), Tolerances.Module);
            }
            else if (name == "ff")
            {
                sheet.Compare(name, Transformer("in").Blocks[0].FeedForward.Forward(file["tokens"]), Tolerances.Module);
            }
        }
    }

    [GeneratedRegex(@"^mask_aa_(\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Mask();

    [GeneratedRegex(@"^([a-z]+)_(out|attn2_)(\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Output();
}

using System.Text.RegularExpressions;
using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>
/// Residual blocks of the backbone: <c>outN</c> from <c>xN</c>, also without the temporal convolution (<c>_no_batch_size</c>), and the
/// temporal convolution alone (<c>tconv_out_b_c_t_h_w</c>, its first channels).
/// </summary>
internal sealed partial class ResBlockCheck : IGoldenCheck
{
    private const string WithoutTime = "_no_batch_size";

    public string Name => "mod_resblock";

    public string? Upstream => "ResBlock.forward";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs(@"x\d*", "emb");
        var network = session.Model.UNet;
        long frames = network.Options.TemporalLength;
        var embedding = F.silu(file["emb"]);
        foreach (var name in file.Names)
        {
            if (Output().Match(name) is { Success: true } match)
            {
                var number = match.Groups[1].Value;
                var x = file["x" + number];
                var block = NetworkMap.Find<ResBlock>(network, NetworkMap.Key(entry.What, "out" + number)) is { } named && Fits(named, x, file.Shape(name))
                    ? named
                    : NetworkMap.Down<ResBlock>(network).Concat(NetworkMap.Up<ResBlock>(network)).First(b => Fits(b, x, file.Shape(name)));
                long? batch = name.EndsWith(WithoutTime, StringComparison.Ordinal) ? null : x.size(0) / frames;
                sheet.Compare(name, block.Forward(x, embedding, batch), Tolerances.Module);
            }
            else if (name.StartsWith("tconv_out", StringComparison.Ordinal))
            {
                var x = file["x"];
                var key = NetworkMap.Key(entry.What, name) ?? NetworkMap.Key(entry.What, "out");
                var block = NetworkMap.Find<ResBlock>(network, key) ?? NetworkMap.Down<ResBlock>(network).First(b => b.OutChannels == x.size(1));
                var folded = x.view(x.size(0) / frames, frames, x.size(1), x.size(2), x.size(3));
                var y = block.TemporalConvolution.Forward(folded).transpose(1, 2);
                sheet.Compare(name, y.narrow(1, 0, Math.Min(file.Shape(name)[1], y.size(1))), Tolerances.Module);
            }
        }
    }

    private static bool Fits(ResBlock block, Tensor x, IReadOnlyList<long> output) => block.InChannels == x.size(1) && block.OutChannels == output[1];

    [GeneratedRegex(@"^out(\d*)(?:_no_batch_size)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Output();
}

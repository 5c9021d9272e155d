using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>Temporal transformers: one of a block (<c>out</c>) and the one after the stem (<c>init_attn_out</c>), [B, C, T, h, w].</summary>
internal sealed class TemporalTransformerCheck : IGoldenCheck
{
    public string Name => "mod_temporal_transformer";

    public string? Upstream => "TemporalTransformer.forward";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs("x");
        var network = session.Model.UNet;
        var x = file["x"];
        foreach (var name in file.Names.Where(n => n.EndsWith("out", StringComparison.Ordinal)))
        {
            var transformer = NetworkMap.Find<TemporalTransformer>(network, NetworkMap.Key(entry.What, name))
                ?? (name.StartsWith("init_attn", StringComparison.Ordinal) ? network.InitialAttention : null)
                ?? NetworkMap.Down<TemporalTransformer>(network).First(t => t.Channels == x.size(1));
            sheet.Compare(name, transformer.Forward(x.transpose(1, 2)).transpose(1, 2), Tolerances.Module);
        }
    }
}

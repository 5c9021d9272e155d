using System.Globalization;
using System.Text.RegularExpressions;
using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>Sinusoidal embeddings of both forms. Needs no weights.</summary>
internal sealed partial class TimestepEmbeddingCheck : IGoldenCheck
{
    public string Name => "mod_timestep_embedding";

    public string? Upstream => "timestep_embedding";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs("timesteps");
        var timesteps = file["timesteps"];
        foreach (var name in file.Names)
        {
            if (Dimension().Match(name) is { Success: true } match)
            {
                var dim = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
                sheet.Compare(
                    name,
                    match.Groups[1].Value == "out" ? SinusoidalEmbedding.CosineFirst(timesteps, dim) : SinusoidalEmbedding.SineFirst(timesteps, dim),
                    Tolerances.Module);
            }
            else if (name == "cond_pos_emb")
            {
                var shape = file.Shape(name);
                sheet.Compare(name, SinusoidalEmbedding.SineFirst(arange(shape[0], ScalarType.Int64), (int)shape[1]), Tolerances.Module);
            }
        }
    }

    [GeneratedRegex(@"^(out|head_sinusoidal)_dim(\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Dimension();
}

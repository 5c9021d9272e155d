using System.Globalization;
using System.Text.RegularExpressions;
using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>A forward pass of the whole network: backbone with both heads, or the backbone alone as the base model runs it.</summary>
internal sealed partial class ForwardCheck : IGoldenCheck
{
    private const string WithoutFs = "y_fs_none";

    public string Name => "wma_forward";

    public string? Upstream => "WMAModel.forward";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs("x", "x_action", "x_state", "timesteps", "context", "obs_image", "obs_state", "fs");
        var model = session.ModelOf(entry);
        if (!file.Contains("x_action"))
        {
            RunBase(model, entry, file, sheet);
            return;
        }

        var network = model.UNet;
        var output = network.Forward(
            file["x"],
            file["x_action"],
            file["x_state"],
            file["timesteps"],
            file["context"],
            file["obs_image"],
            file["obs_state"],
            file["fs"],
            HeadSelection.Both,
            captureFeatures: true);
        sheet.Compare("y", output.Latent, Tolerances.Forward);
        sheet.Compare("action", output.Action!, Tolerances.Forward);
        sheet.Compare("state", output.State!, Tolerances.Forward);
        foreach (var name in file.Names)
        {
            if (Feature().Match(name) is { Success: true } feature)
            {
                var index = int.Parse(feature.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                var tap = output.Features![index];
                sheet.Compare(name, tap.view(-1, network.Options.TemporalLength, tap.size(1), tap.size(2), tap.size(3)), Tolerances.Forward);
            }
            else if (name.StartsWith(WithoutFs, StringComparison.Ordinal))
            {
                var alone = network.Forward(
                    file["x"], null, null, file["timesteps"], file["context"], null, null, fs: null, HeadSelection.None);
                sheet.Compare(name, alone.Latent, Tolerances.Forward);
            }
        }
    }

    /// <summary>The base model is the same network with one observation, a context per frame and no heads.</summary>
    private static void RunBase(GoldenModel model, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        var steps = ObservationSteps().Match(entry.Upstream) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 1;
        var network = new WmaUNet(model.Weights.Scope("model.diffusion_model"), model.Options.UNet with { BaseModelGenOnly = true, NumObsSteps = steps });
        var output = network.Forward(file["x"], null, null, file["timesteps"], file["context"], null, null, file["fs"], HeadSelection.None);
        sheet.Compare("y", output.Latent, Tolerances.Forward);
    }

    [GeneratedRegex(@"^hs_a\.(\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Feature();

    [GeneratedRegex(@"n_obs_steps=(\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex ObservationSteps();
}

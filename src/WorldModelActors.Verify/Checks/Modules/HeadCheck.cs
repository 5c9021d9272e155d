using System.Globalization;
using System.Text.RegularExpressions;

namespace WorldModelActors.Verify;

/// <summary>The action and state heads from recorded features, and the parts of the action head.</summary>
internal sealed partial class HeadCheck : IGoldenCheck
{
    public string Name => "mod_unet1d";

    public string? Upstream => "ConditionalUnet1D.forward";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs("sample", "timestep", "obs_image", "obs_state", "obs_encoder_in_image", @"hs_a\.\d+");
        var network = session.Model.UNet;
        var (images, states, timesteps) = (file["obs_image"], file["obs_state"], file["timestep"]);
        var action = network.ActionHead;

        // [B, T, C, h, w] -> [B T, C, h, w].
        Tensor[] features = [.. Enumerable.Range(0, action.FeatureCount).Select(i => file[$"hs_a.{i}"].flatten(0, 1))];
        foreach (var (name, head) in new[] { ("out", action), ("state_unet_out", network.StateHead) })
        {
            if (file.Contains(name))
            {
                var observation = head.EncodeObservation(images, states);
                sheet.Compare(name, head.Forward(file["sample"], timesteps, features, observation), Tolerances.Module);
            }
        }

        foreach (var name in file.Names)
        {
            switch (name)
            {
                case "obs_encoder_resnet":
                    sheet.Compare(name, action.ObservationEncoder.Trunk(file["obs_encoder_in_image"]), Tolerances.Module);
                    break;
                case "obs_encoder_out":
                    // One row per observed frame.
                    sheet.Compare(name, action.EncodeObservation(images, states).view([.. file.Shape(name)]), Tolerances.Module);
                    break;
                case "step_embed":
                    sheet.Compare(name, action.EmbedStep(timesteps), Tolerances.Module);
                    break;
                default:
                    if (KeyPoints().Match(name) is { Success: true } level)
                    {
                        var index = int.Parse(level.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                        sheet.Compare(name, action.FeatureKeyPoints(index, features[index]), Tolerances.Module);
                    }

                    break;
            }
        }
    }

    [GeneratedRegex(@"^spatial_softmax_l(\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex KeyPoints();
}

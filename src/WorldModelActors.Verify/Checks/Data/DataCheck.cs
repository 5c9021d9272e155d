using System.Text.RegularExpressions;
using WorldModelActors.Media;

namespace WorldModelActors.Verify;

/// <summary>
/// The data side: normalisation and padding of actions and states, the image transforms, the start of an episode from its files, the
/// queues, frames as the video has them. Needs no weights.
/// </summary>
internal sealed partial class DataCheck : IGoldenCheck
{
    private static readonly (string Feature, string Key)[] Features =
        [(DatasetStatistics.ActionFeature, "action"), (DatasetStatistics.StateFeature, "state")];

    public string Name => "data.";

    public string? Upstream => "populate_queues";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs(@"stats\..*", "(action|state)_raw", "mean", "std", @"img\d+_u8", "video_float");
        foreach (var (feature, key) in Features)
        {
            CheckNormalisation(feature, key, file, sheet);
        }

        if (file.Contains("action_meanstd"))
        {
            var statistics = new FeatureStatistics("action", null, null, file.Floats("mean"), file.Floats("std"));
            sheet.Compare("action_meanstd", Normalised(file, "action_raw", statistics, NormalizationMode.MeanStd), Tolerances.Module);
        }

        CheckImages(file, sheet);
        CheckStart(session, file, sheet);
        if (file.Contains("queue_trace"))
        {
            sheet.Compare("queue_trace", QueueTrace.Replay(entry.What, (int)file.Shape("queue_trace")[0]), Tolerance.Exact);
        }

        if (file.Contains("video_u8_saved"))
        {
            var values = file.Floats("video_float");
            var levels = new byte[values.Length];
            VideoFrames.ToUInt8(values, levels);
            sheet.Compare("video_u8_saved", tensor(levels, [.. file.Shape("video_u8_saved")]), Tolerance.Exact);
        }
    }

    private static void CheckNormalisation(string feature, string key, GoldenFile file, CheckSheet sheet)
    {
        var statistics = new FeatureStatistics(feature, file.Floats($"stats.{feature}.min"), file.Floats($"stats.{feature}.max"));
        sheet.Compare($"{key}_normalised", Normalised(file, $"{key}_raw", statistics, NormalizationMode.MinMax), Tolerances.Module);

        var normalised = file.Floats($"{key}_normalised");
        var shape = file.Shape($"{key}_normalised");
        if (file.Contains($"{key}_unnormalised"))
        {
            var back = new float[normalised.Length];
            Normalizer.Unnormalize(normalised, statistics, NormalizationMode.MinMax, back);
            sheet.Compare($"{key}_unnormalised", tensor(back, [.. shape]), Tolerances.Module);
        }

        var own = new FloatMatrix(normalised, (int)shape[0], (int)shape[1]);
        if (file.Contains($"{key}_uni"))
        {
            sheet.Compare($"{key}_uni", Table(UnifiedVector.Pad(own, key)), Tolerance.Exact);
        }

        if (file.Contains($"{key}_mask"))
        {
            sheet.Compare($"{key}_mask", Table(UnifiedVector.Mask(own.Rows, own.Columns)), Tolerance.Exact);
        }
    }

    private static void CheckImages(GoldenFile file, CheckSheet sheet)
    {
        foreach (var name in file.Names)
        {
            if (TransformedImage().Match(name) is not { Success: true } match)
            {
                continue;
            }

            // [1, 3, h, w] of bytes; results are [3, 1, H, W] or [3, H, W].
            var source = file[$"img{match.Groups[1].Value}_u8"].squeeze(0).permute(1, 2, 0).contiguous();
            using var image = Image.Copy(source.bytes, (int)source.size(0), (int)source.size(1));
            var shape = file.Shape(name);
            int height = (int)shape[^2], width = (int)shape[^1];
            using var frame = match.Groups[2].Value switch
            {
                "resize_center_crop" => ResizeCenterCrop.Unscaled(image, height, width),
                "scaled" => ResizeCenterCrop.Apply(image, height, width),
                _ => ResizeCenterCrop.ApplyBaseModel(image, height, width),
            };
            sheet.Compare(name, tensor(frame.Values.ToArray(), [.. shape]), Tolerances.Module);
        }
    }

    /// <summary>The start of the episode of the first prompt, at the frame stride of the set's rollouts.</summary>
    private static void CheckStart(GoldenSession session, GoldenFile file, CheckSheet sheet)
    {
        string[] names = [.. file.Names.Where(n => n.StartsWith("prepare.", StringComparison.Ordinal))];
        if (names.Length == 0)
        {
            return;
        }

        if (RecordedStart.Prompts(session) is not { } prompts || session.Index.FirstOrDefault(e => e.Parameters.Text("frame_stride") is not null) is not { } rollout)
        {
            sheet.Skip("prepare.*", "needs prompts/ and a rollout that tells the frame stride, which are not in this directory", names);
            return;
        }

        var row = RecordedStart.Row(prompts, rollout.Parameters);
        var shape = file.Shape("prepare.image");
        using var start = PreparedObservation.Load(prompts, row, rollout.Parameters.Integer("frame_stride"), (int)shape[^2], (int)shape[^1]);
        sheet.Compare("prepare.image", tensor(start.Image.Values.ToArray(), [.. shape]), Tolerances.Module);
        sheet.Compare("prepare.state", Table(start.States), Tolerances.Module);
        sheet.Compare("prepare.action", Table(start.Actions), Tolerances.Module);
        const string dims = "prepare.ori_dims_state_action";
        sheet.CompareExactly(dims, [start.StateWidth, start.ActionWidth], file.Integers(dims), dims);
    }

    private static Tensor Normalised(GoldenFile file, string name, FeatureStatistics statistics, NormalizationMode mode)
    {
        var raw = file.Floats(name);
        var result = new float[raw.Length];
        Normalizer.Normalize(raw, statistics, mode, result);
        return tensor(result, [.. file.Shape(name)]);
    }

    private static Tensor Table(FloatMatrix matrix) => tensor(matrix.Values, [matrix.Rows, matrix.Columns]);

    [GeneratedRegex(@"^img(\d+)_(resize_center_crop|scaled|base_model_pil_transform)$", RegexOptions.CultureInvariant)]
    private static partial Regex TransformedImage();
}

using WorldModelActors.Models;

namespace WorldModelActors.Bench;

/// <summary>One element type of the autoencoder.</summary>
/// <param name="Type">Of weights and activations.</param>
/// <param name="Decode">Milliseconds to decode all frames of a prediction in one batch.</param>
/// <param name="DecodeOne">Milliseconds to decode one frame.</param>
/// <param name="Encode">Milliseconds to encode two images.</param>
/// <param name="DecibelsToFloat32">PSNR of the decoded frames, clamped to [-1, 1], against float32's; null for float32.</param>
public sealed record AutoencoderRow(string Type, double Decode, double DecodeOne, double Encode, double? DecibelsToFloat32);

/// <summary>The autoencoder at a configuration's full size with random weights. On CUDA.</summary>
internal static class AutoencoderBenchmark
{
    public static IReadOnlyList<AutoencoderRow> Run(WorldModelOptions options, Device device, CudaStream stream, Func<Action, double> time)
    {
        using var scope = NewDisposeScope();
        var (height, width) = options.ImageSize;
        manual_seed(1);
        var latents = randn([options.UNet.TemporalLength, 4, height / 8, width / 8], device: device) * options.Diffusion.ScaleFactor;
        var images = rand([2, 3, height, width], device: device) * 2 - 1;
        Tensor? reference = null;
        var rows = new List<AutoencoderRow>();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16 })
        {
            using var weights = new RandomWeights(2, (height / 8, width / 8), null, device, type);
            var stage = new FirstStage(
                new AutoencoderKL(new RandomBiases(weights.Scope("first_stage_model"), []), options.Autoencoder), options.Diffusion.ScaleFactor, type);
            var frames = stage.DecodeScaled(latents).clamp(-1, 1);
            double? decibels = null;
            if (reference is not null)
                decibels = -10 * Math.Log10((frames - reference).square().mean().ToDouble() / 4);
            reference ??= frames;
            var one = latents.narrow(0, 0, 1);
            rows.Add(new AutoencoderRow(
                type.ToString().ToLowerInvariant(),
                time(() => stage.DecodeScaled(latents).Dispose()),
                time(() => stage.DecodeScaled(one).Dispose()),
                time(() => stage.EncodePosterior(images).Dispose()),
                decibels));
            Console.Error.WriteLine(rows[^1]);
            stream.Synchronize();
            CudaDevice.EmptyCache();
        }
        return rows;
    }
}

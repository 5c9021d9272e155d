using WorldModelActors.Models;

namespace WorldModelActors.Bench;

/// <summary>
/// Milliseconds of one evaluation of the backbone with one head, at a configuration's full size and with random weights, for several
/// element types and batch sizes; and how far each is from float32. On CUDA.
/// </summary>
public sealed record UNetBenchmark
{
    private const ulong Seed = 1;
    private const int MatrixSize = 8192;

    /// <summary>YAML of the model.</summary>
    public required string Config { get; init; }

    public IReadOnlyList<int> Batches { get; init; } = [1, 2, 4, 8];

    /// <summary>Timed evaluations of each; the median counts.</summary>
    public int Repeats { get; init; } = 10;

    public UNetReport Run(Device device)
    {
        if (device.type != DeviceType.CUDA)
            throw new ArgumentException("the unet benchmark is for CUDA devices: --device cuda:0");
        var options = ModelConfiguration.Load(Config).Options;
        CudaDevice.SetMathMode(allowTf32: false, cudnnBenchmark: true);
        var stream = CudaStream.New(Math.Max(0, device.index));
        using var current = stream.Use();
        var peak = MatmulPeak(device, stream);
        var rows = new List<UNetRow>();
        var reference = Measure(options, device, stream, ScalarType.Float32, [1], null, rows);
        try
        {
            foreach (var type in new[] { ScalarType.Float16, ScalarType.BFloat16 })
                _ = Measure(options, device, stream, type, type == ScalarType.Float16 ? Batches : [1], reference, rows);
        }
        finally
        {
            reference?.Latent.Dispose();
            reference?.State?.Dispose();
        }
        var autoencoder = AutoencoderBenchmark.Run(options, device, stream, work => Time(stream, work));
        return new UNetReport(Machine.Describe(device), DateTime.UtcNow, FusedKernels.Exist, peak, rows, autoencoder);
    }

    /// <summary>TFLOP/s of a large bfloat16 matrix product on random numbers.</summary>
    private double MatmulPeak(Device device, CudaStream stream)
    {
        using var scope = NewDisposeScope();
        var a = randn([MatrixSize, MatrixSize], device: device).to(ScalarType.BFloat16);
        var b = randn([MatrixSize, MatrixSize], device: device).to(ScalarType.BFloat16);
        var ms = Time(stream, () => a.matmul(b).Dispose());
        return 2.0 * MatrixSize * MatrixSize * MatrixSize / ms / 1e9;
    }

    private UNetOutput? Measure(
        WorldModelOptions options, Device device, CudaStream stream, ScalarType type, IReadOnlyList<int> batches, UNetOutput? reference, List<UNetRow> rows)
    {
        UNetOutput? first = null;
        using (var weights = new RandomWeights(Seed, options.UNet.Head.LatentSize, null, device, type))
        {
            using var unet = new WmaUNet(new RandomBiases(weights.Scope("model.diffusion_model"), []), options.UNet);
            foreach (var batch in batches)
            {
                using var scope = NewDisposeScope();
                CudaDevice.EmptyCache();
                CudaDevice.ResetPeakMemory(Math.Max(0, device.index));
                using var inputs = UNetInputs.Random(options.UNet, unet, batch, device);
                var output = inputs.Evaluate(unet);
                double? error = null, headError = null;
                if (batch == 1 && reference is not null)
                    (error, headError) = (RelativeError(output.Latent, reference.Latent), RelativeError(output.State!, reference.State!));
                if (batch == 1 && reference is null)
                {
                    first = output;
                    foreach (var tensor in new[] { output.Latent, output.State! })
                        tensor.DetachFromDisposeScope();
                }
                var host = HostTime(() => inputs.Run(unet), stream);
                var eager = Time(stream, () => inputs.Run(unet));
                double? graph = null;
                using (var captured = new CudaGraph())
                {
                    captured.Capture(() => inputs.Run(unet));
                    graph = Time(stream, captured.Replay);
                }
                rows.Add(new UNetRow(
                    type.ToString().ToLowerInvariant(), batch, eager, graph, host, CudaDevice.Memory(Math.Max(0, device.index)).PeakAllocated, error, headError));
                Console.Error.WriteLine(rows[^1]);
            }
        }
        CudaDevice.EmptyCache();
        return first;
    }

    private double Time(CudaStream stream, Action work) => new DeviceTimer(stream).Milliseconds(work, Repeats, warmUp: 3);

    /// <summary>Milliseconds until the host has submitted everything, once it has done so before.</summary>
    private static double HostTime(Action work, CudaStream stream)
    {
        work();
        return new DeviceTimer(stream).HostMilliseconds(work);
    }

    private static double RelativeError(Tensor value, Tensor reference)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (value.@double(), reference.@double());
        return (a - b).norm().ToDouble() / b.norm().ToDouble();
    }
}

using WorldModelActors.Engine;
using WorldModelActors.Engines;
using WorldModelActors.Media;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;
using WorldModelActors.Settings;
using WorldModelActors.Torch;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Cli;

/// <summary>Settings in the words of the rooms that they are for.</summary>
internal static class SettingValues
{
    private const string All = "cuda:all";

    /// <summary>What runs the actors.</summary>
    /// <exception cref="UsageException">This build does not have it.</exception>
    public static IActorEngine ToEngine(this EngineSettings settings)
    {
        var name = settings.Kind switch
        {
            EngineChoice.Akka => "akka",
            _ => "embedded",
        };
        try
        {
            return ActorEngines.Named(name);
        }
        catch (EngineNotBuiltException missing)
        {
            throw new UsageException($"--engine {name}: {missing.Message}");
        }
    }

    /// <summary>The devices of a run, each once.</summary>
    /// <exception cref="UsageException">One is not there, or is named twice.</exception>
    public static IReadOnlyList<Device> ToDevices(this DeviceSettings settings)
    {
        string[] names = settings.Name == All ? AllCudaDevices(settings) : settings.Name.Split(',', StringSplitOptions.TrimEntries);
        Device[] devices = [.. names.Select(name => ToDevice(settings, name))];
        return devices.GroupBy(device => device.ToString()).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new UsageException($"--device {settings.Name}: {twice.Key} is named twice")
            : devices;
    }

    private static string[] AllCudaDevices(DeviceSettings settings)
    {
        RequireCuda(settings);
        return [.. Enumerable.Range(0, cuda.device_count()).Select(index => $"cuda:{index}")];
    }

    private static Device ToDevice(DeviceSettings settings, string name)
    {
        var device = new Device(name);
        if (device.type != DeviceType.CUDA)
        {
            return device;
        }

        RequireCuda(settings);
        var index = Math.Max(0, device.index);
        return index < cuda.device_count()
            ? new Device(DeviceType.CUDA, index)
            : throw new UsageException($"--device {settings.Name}: there are {cuda.device_count()} CUDA devices, counted from 0");
    }

    private static void RequireCuda(DeviceSettings settings)
    {
        if (!cuda.is_available())
        {
            throw new UsageException(
                $"--device {settings.Name}: this libtorch ({__version__}) sees no CUDA device; use --device cpu, or build with a CUDA libtorch (LIBTORCH=/dir ./wma) on a machine with a GPU");
        }
    }

    /// <exception cref="UsageException">The device cannot compute in it.</exception>
    public static ScalarType ToDtype(this DeviceSettings settings, Device device) => settings.Dtype switch
    {
        DtypeChoice.Float16 when device.type == DeviceType.CPU =>
            throw new UsageException("--dtype float16: CPUs have no half-precision convolutions; use float32, or bfloat16"),
        DtypeChoice.Float16 => ScalarType.Float16,
        DtypeChoice.BFloat16 => ScalarType.BFloat16,
        _ => ScalarType.Float32,
    };

    /// <summary>
    /// Unless it is said: one core is left to the other lanes. Small operators gain little from the last core (docs/performance.md), and
    /// decoding and writing then run beside the UNet instead of in its way.
    /// </summary>
    public static int ThreadCount(this DeviceSettings settings) =>
        settings.Threads > 0 ? settings.Threads : Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>
    /// Sets how CUDA's libraries compute. They search for the fastest algorithm of each shape, unless results have to be the same to the bit: another
    /// run's search may end elsewhere.
    /// </summary>
    public static void SetMathMode(this WmaSettings settings, IReadOnlyList<Device> devices)
    {
        if (devices.Any(device => device.type == DeviceType.CUDA))
        {
            CudaDevice.SetMathMode(settings.Device.Tf32, cudnnBenchmark: !settings.Batching.Deterministic);
        }
    }

    public static RolloutOptions ToRolloutOptions(this WmaSettings settings) => new()
    {
        Batching = settings.Batching.Enabled,
        Deterministic = settings.Batching.Deterministic,
        Denoiser = ToBatchOptions(settings.Batching.Denoiser),
        Decoder = ToBatchOptions(settings.Batching.Decoder),
        Embedder = ToBatchOptions(settings.Batching.Embedder),
        MaxFramesInFlight = settings.Engine.VideoFramesInFlight,
        MaxIterationsInFlight = settings.Engine.VideoSegmentsInFlight,
        MaxRetries = settings.Engine.SampleAttempts - 1,
        LatentStoreBytes = settings.Device.LatentStoreBytes,
        LatentHostBytes = settings.Device.LatentHostBytes,
        CudaGraphs = settings.Device.CudaGraphs,
        StopTimeout = settings.Engine.StopTimeout,
        MinRestartBackoff = settings.Engine.Restart.MinBackoff,
        MaxRestartBackoff = settings.Engine.Restart.MaxBackoff,
        MaxRestarts = settings.Engine.Restart.MaxRestarts,
        RestartWindow = settings.Engine.Restart.Window,
    };

    private static BatchOptions ToBatchOptions(BatchSettings settings) => new()
    {
        MaxBatch = settings.MaxBatch,
        MaxDelay = settings.MaxDelay,
        MaxBytes = settings.MaxBatchMemory,
    };

    public static VideoOptions ToVideoOptions(this MediaSettings settings) => new()
    {
        Fps = settings.Fps,
        Codec = settings.Codec,
        ContactSheetColumns = settings.ContactSheetColumns,
        ContactSheetTiles = settings.ContactSheetMaxFrames,
    };

    public static EpisodePlan ToPlan(this WmaSettings settings, EpisodePrompt prompt, int actionWidth, int stateWidth) => new()
    {
        Id = prompt.Id,
        Instruction = prompt.Row.Instruction,
        Iterations = settings.Rollout.Iterations,
        ExecuteSteps = settings.Rollout.ExeSteps,
        DdimSteps = settings.Sampler.DdimSteps,
        DdimEta = settings.Sampler.DdimEta,
        Spacing = settings.Sampler.TimestepSpacing switch
        {
            SpacingChoice.Uniform => TimestepSpacing.Uniform,
            SpacingChoice.Quad => TimestepSpacing.Quad,
            _ => TimestepSpacing.UniformTrailing,
        },
        GuidanceScale = settings.Sampler.GuidanceScale,
        GuidanceRescale = settings.Sampler.GuidanceRescale,
        FrameRateCondition = prompt.Row.ModelFps(prompt.FrameStride),
        Seed = settings.Rollout.Seed,
        ZeroPredictedState = settings.Rollout.ZeroPredictedState,
        ActionDim = actionWidth,
        StateDim = stateWidth,
        PerFrameAutoencoder = settings.Rollout.PerFrameAutoencoder,
        DecodePolicyVideo = settings.Rollout.DecodePolicyVideo,
    };
}

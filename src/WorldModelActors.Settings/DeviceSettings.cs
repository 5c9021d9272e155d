using System.Globalization;

namespace WorldModelActors.Settings;

/// <summary>Type of weights and activations.</summary>
public enum DtypeChoice
{
    Float32,
    BFloat16,
    Float16,
}

/// <summary><c>wma.device</c></summary>
public sealed record DeviceSettings
{
    /// <summary><c>cpu</c>, <c>cuda</c>, <c>cuda:N</c>, several of them with commas between, or <c>cuda:all</c>.</summary>
    public required string Name { get; init; }

    public required DtypeChoice Dtype { get; init; }

    /// <summary>Threads of an operator; 0: one for each core but the last.</summary>
    public required int Threads { get; init; }

    /// <summary>Byte budget of a device's latent store.</summary>
    public required long LatentStoreBytes { get; init; }

    /// <summary>Byte budget of the host memory beside a CUDA device's latent store; 0: none.</summary>
    public required long LatentHostBytes { get; init; }

    /// <summary>Denoising steps are replayed from CUDA graphs.</summary>
    public required bool CudaGraphs { get; init; }

    /// <summary>Float32 products and convolutions may round their inputs to TF32 on CUDA.</summary>
    public required bool Tf32 { get; init; }

    internal static DeviceSettings Bind(HoconConfig config)
    {
        const string name = "wma.device.name";
        var device = config.GetString(name);
        return new DeviceSettings
        {
            Name = device == "cuda:all" || device.Split(',', StringSplitOptions.TrimEntries).All(IsDevice)
                ? device
                : throw config.Wrong(name, "cpu, cuda, cuda:N, several such as cuda:0,cuda:1, or cuda:all"),
            Dtype = config.GetChoice("wma.device.dtype", new Dictionary<string, DtypeChoice>
            {
                ["float32"] = DtypeChoice.Float32,
                ["bfloat16"] = DtypeChoice.BFloat16,
                ["float16"] = DtypeChoice.Float16,
            }),
            Threads = config.GetInt("wma.device.threads", 0, 1024),
            LatentStoreBytes = config.GetSize("wma.device.latent-store-bytes", 1 << 20),
            LatentHostBytes = config.GetSize("wma.device.latent-host-bytes", 0),
            CudaGraphs = config.GetBool("wma.device.cuda-graphs"),
            Tf32 = config.GetBool("wma.device.tf32"),
        };
    }

    private static bool IsDevice(string name) =>
        name is "cpu" or "cuda"
        || (name.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < 128);
}

using System.CommandLine;

namespace WorldModelActors.Cli;

/// <summary>The options of benchmarks that need a configuration and a GPU, but no checkpoint.</summary>
internal sealed class FullSizeOptions
{
    private const string StandardPath = "assets/configs/world_model_interaction.yaml";

    private readonly Option<string> _config = new("--config") { HelpName = "YAML", Description = $"The model's configuration [{StandardPath}]" };
    private readonly Option<string> _device = new("--device") { HelpName = "cuda|cuda:N", Description = "The GPU [cuda:0]", DefaultValueFactory = _ => "cuda:0" };
    private readonly Option<string> _type = new("--dtype") { HelpName = "NAME", Description = "Element type of the networks: float16 or bfloat16 [float16]", DefaultValueFactory = _ => "float16" };

    public FullSizeOptions() => _type.AcceptOnlyFromAmong("float16", "bfloat16");

    public void AddTo(Command command, IEnumerable<Option> others)
    {
        foreach (var option in Own.Concat(others))
        {
            command.Add(option);
        }
    }

    public HelpSection Help(IEnumerable<Option> others) => new(
        "Options", [.. Own.Concat(others).Select(it => new HelpRow($"{it.Name} {it.HelpName}".TrimEnd(), it.Description ?? "")), HelpScreens.Help]);

    /// <summary>The configuration's file.</summary>
    /// <exception cref="UsageException">It is not there.</exception>
    public string Config(ParseResult line)
    {
        if (line.GetValue(_config) is { } given)
        {
            return File.Exists(given) ? given : throw new UsageException($"--config {given}: no such file");
        }

        return HomeFiles.Find(StandardPath) ?? throw new UsageException($"{StandardPath} is not there: start wma from the repository, or give the configuration with --config YAML");
    }

    /// <summary>The GPU.</summary>
    /// <exception cref="UsageException">There is no such GPU.</exception>
    public torch.Device Device(ParseResult line)
    {
        var device = new torch.Device(line.GetRequiredValue(_device));
        if (device.type != DeviceType.CUDA)
        {
            throw new UsageException($"--device {line.GetValue(_device)}: this benchmark is for GPUs; use cuda or cuda:N");
        }

        var count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        var index = Math.Max(0, device.index);
        return index < count ? new torch.Device(DeviceType.CUDA, index) : throw new UsageException(
            count == 0
                ? $"no CUDA device here (libtorch {torch.__version__}): nothing was measured; on a GPU machine set LIBTORCH or have python3 with torch, and build again with ./wma"
                : $"--device {line.GetValue(_device)}: there {(count == 1 ? "is one GPU" : $"are {count} GPUs")} here");
    }

    public torch.ScalarType Type(ParseResult line) => line.GetRequiredValue(_type) == "bfloat16" ? torch.ScalarType.BFloat16 : torch.ScalarType.Float16;

    private IEnumerable<Option> Own => [_config, _device, _type];
}

using WorldModelActors.Bench;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Torch;

const string Usage = """
    wma-bench binding [--device cpu|cuda|cuda:N] [--json FILE]
        microseconds of one core per small operator call through the managed API

    wma-bench demo [--model DIR] [--threads N] [--iterations N] [--ddim-steps N] [--device cpu|cuda|cuda:N] [--json FILE]
        seconds per denoising step and per iteration of the demo world model, through the actors;
        without --threads with 1 and with 2

    wma-bench unet --config YAML [--batches N,N,...] [--repeats N] [--device cuda:N] [--json FILE]
        milliseconds of one evaluation of the backbone at full size with random weights, and its error against float32 (CUDA)
    """;

try
{
    if (args is not [("binding" or "demo" or "unet") and var what, .. var rest])
    {
        Console.Error.WriteLine(Usage);
        return args is ["--help" or "-h"] ? 0 : 2;
    }
    var device = torch.CPU;
    string? json = null;
    var demo = new DemoBenchmark();
    var unet = new UNetBenchmark { Config = "" };
    for (var i = 0; i < rest.Length; i += 2)
    {
        if (i + 1 == rest.Length)
            throw new ArgumentException($"{rest[i]} needs a value");
        var value = rest[i + 1];
        switch (rest[i])
        {
            case "--device":
                device = torch.device(value);
                break;
            case "--json":
                json = value;
                break;
            case "--model" when what == "demo":
                demo = demo with { Model = value };
                break;
            case "--threads" when what == "demo":
                demo = demo with { Threads = [Count(value)] };
                break;
            case "--iterations" when what == "demo":
                demo = demo with { Iterations = Count(value) };
                break;
            case "--ddim-steps" when what == "demo":
                demo = demo with { DdimSteps = Count(value) };
                break;
            case "--config" when what == "unet":
                unet = unet with { Config = value };
                break;
            case "--batches" when what == "unet":
                unet = unet with { Batches = [.. value.Split(',').Select(Count)] };
                break;
            case "--repeats" when what == "unet":
                unet = unet with { Repeats = Count(value) };
                break;
            default:
                throw new ArgumentException($"unknown option {rest[i]}; see wma-bench --help");
        }
    }
    if (what == "demo")
    {
        var report = await demo.RunAsync(device);
        report.Print(Console.Out);
        if (json is not null)
            report.Save(json);
    }
    else if (what == "unet")
    {
        if (unet.Config.Length == 0)
            throw new ArgumentException("give --config YAML, such as assets/configs/world_model_interaction.yaml");
        var report = unet.Run(device);
        report.Print(Console.Out);
        if (json is not null)
            report.Save(json);
    }
    else
    {
        var report = BindingBenchmark.Run(device);
        report.Print(Console.Out);
        if (json is not null)
            report.Save(json);
    }
    return 0;
}
catch (Exception e) when (e is ArgumentException or TorchException or ConfigurationException or CheckpointException or MediaException or RolloutException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"wma-bench: {e.Message}");
    return 2;
}

static int Count(string text) => int.TryParse(text, out var n) && n > 0 ? n : throw new ArgumentException($"'{text}' is no positive number");

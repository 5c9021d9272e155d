using System.Globalization;
using WorldModelActors.Bench;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Torch;
using WorldModelActors.Verify;

const string Usage = """
    wma-bench binding [--device cpu|cuda|cuda:N] [--json FILE]
        microseconds of one core per small operator call through the managed API

    wma-bench demo [--model DIR] [--threads N] [--iterations N] [--ddim-steps N] [--device cpu|cuda|cuda:N] [--json FILE]
        seconds per denoising step and per iteration of the demo world model, through the actors;
        without --threads with 1 and with 2

    wma-bench quality [--model DIR] [--steps N,N,...] [--eta E,E,...] [--seeds N] [--rounds N] [--batch N] [--parallel N]
            [--device cpu|cuda|cuda:N] [--json FILE]
        PSNR and SSIM of the demo world model with the recorded actions over the seeds 1 to N, after each round of 16 frames,
        beside the figures of its README
    """;

try
{
    if (args is not [("binding" or "demo" or "quality") and var what, .. var rest])
    {
        Console.Error.WriteLine(Usage);
        return args is ["--help" or "-h"] ? 0 : 2;
    }
    var device = torch.CPU;
    string? json = null;
    var demo = new DemoBenchmark();
    var quality = new QualityBenchmark();
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
            case "--model" when what == "quality":
                quality = quality with { Model = value };
                break;
            case "--steps" when what == "quality":
                quality = quality with { Steps = [.. value.Split(',').Select(Count)] };
                break;
            case "--eta" when what == "quality":
                quality = quality with { Etas = [.. value.Split(',').Select(Share)] };
                break;
            case "--seeds" when what == "quality":
                quality = quality with { Seeds = Count(value) };
                break;
            case "--rounds" when what == "quality":
                quality = quality with { Rounds = Count(value) };
                break;
            case "--batch" when what == "quality":
                quality = quality with { Batch = Count(value) };
                break;
            case "--parallel" when what == "quality":
                quality = quality with { Parallel = Count(value) };
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
    else if (what == "quality")
    {
        var report = await quality.RunAsync(device, Console.Error);
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
catch (Exception e) when (e is ArgumentException or TorchException or ConfigurationException or CheckpointException or MediaException or RolloutException or VerifyException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"wma-bench: {e.Message}");
    return 2;
}

static int Count(string text) => int.TryParse(text, out var n) && n > 0 ? n : throw new ArgumentException($"'{text}' is no positive number");

static double Share(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && x is >= 0 and <= 1 ? x : throw new ArgumentException($"'{text}' is no number from 0 to 1");

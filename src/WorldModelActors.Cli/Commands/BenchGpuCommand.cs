using System.CommandLine;
using System.CommandLine.Parsing;
using WorldModelActors.Benchmarks;
using WorldModelActors.Engines;

namespace WorldModelActors.Cli;

/// <summary><c>wma bench gpu</c>: everything that matters on a GPU in one call.</summary>
internal static class BenchGpuCommand
{
    private const double QuickSeconds = 190;
    private static readonly int[] s_batches = [1, 2, 4, 8, 16];

    public static Command Create()
    {
        var model = new FullSizeOptions();
        var output = new Option<string>("--out") { HelpName = "DIR", Description = "Where gpu.json and gpu-trace.json go [runs/bench-gpu]", DefaultValueFactory = _ => Path.Combine("runs", "bench-gpu") };
        var parts = new Option<string[]>("--parts")
        {
            HelpName = "NAME ...",
            Description = $"Only these: {string.Join(", ", Names())} [all]",
            AllowMultipleArgumentsPerToken = true,
        };
        parts.AcceptOnlyFromAmong([.. Names()]);
        var batches = new Option<int[]>("--batches") { HelpName = "N ...", Description = "Samples in an evaluation of the backbone [1 2 4 8 16]", AllowMultipleArgumentsPerToken = true };
        batches.Validators.Add(result => Require(result, batches.Name, result.GetValue(batches) is { } given && given.All(n => n is >= 1 and <= 64), "use 1 to 64"));
        var steps = new Option<int>("--ddim-steps") { HelpName = "N", Description = "Denoising steps of each call through the actors [50]", DefaultValueFactory = _ => 50 };
        steps.Validators.Add(result => Require(result, steps.Name, result.GetValue(steps) is >= 1 and <= 1000, "use 1 to 1000"));
        var quick = new Option<bool>("--quick") { Description = $"Few repeats, 3 denoising steps in the comparison with float32, no new part after {QuickSeconds} s" };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON instead of the table" };

        var command = new Command("gpu", "Everything on a GPU at full size: peaks, backbone, codec, iterations, accuracy, scaling");
        Option[] own = [parts, batches, steps, quick, output, json];
        model.AddTo(command, own);
        command.WithHelp(
            "Measures a model of full size with random weights, which are drawn on the device: the chip's matrix product and copy rates; the backbone for 1 to 16 samples, "
                + "its share of that rate and where its time goes; autoencoder and image tower; whole iterations through the actors with one episode and with four, lanes and "
                + "host time; the distance from float32 down to the frames of a rollout; and the same work on 1, 2, 4, ... devices. A part that fails is a note in the report.",
            "wma bench gpu [options]",
            [
                model.Help(own),
                HelpSection.Lines(
                    "Examples", "wma bench gpu", "# four minutes", "wma bench gpu --quick", "# several GPUs only", "wma bench gpu --parts devices",
                    "# on a machine that has PyTorch, but neither .NET nor the internet", "bench/gpu.sh pack; carry/gpu.sh run quick"),
                new HelpSection("Exit codes",
                    [new HelpRow("0", "measured; notes say what was not"), new HelpRow("2", "it cannot be done, such as without a CUDA device"), new HelpRow("130", "stopped; the report holds what was measured")]),
            ]);
        command.SetAction(line =>
        {
            var (config, device) = (model.Config(line), model.Device(line));
            var benchmark = new GpuBenchmark
            {
                Config = config,
                Output = line.GetRequiredValue(output),
                Type = model.Type(line),
                Steps = line.GetValue(steps),
                Batches = line.GetValue(batches) is { Length: > 0 } given ? given : s_batches,
                Parts = (line.GetValue(parts) is { Length: > 0 } chosen ? chosen.Select(name => Enum.Parse<GpuPart>(name, ignoreCase: true)) : Enum.GetValues<GpuPart>()).ToHashSet(),
                Engine = ActorEngines.FromEnvironment,
                Progress = new ErrorLines(),
            };
            return Run(line.GetValue(quick) ? benchmark with { Repeats = 5, Limit = QuickSeconds, Compared = (11, 3) } : benchmark, device, line.GetValue(json));
        });
        return command;
    }

    private static int Run(GpuBenchmark benchmark, torch.Device device, bool json)
    {
        using var interrupts = new Interrupts(() => Console.Error.WriteLine("wma: stopping after the part in hand (again to quit at once)"));
        var report = benchmark.Run(device, interrupts.Token);
        if (json)
        {
            Console.Out.Write(report.ToJson());
        }
        else
        {
            report.Print(Console.Out);
        }

        Console.Error.WriteLine($"wma: {Path.Combine(benchmark.Output, GpuBenchmark.ReportName)}");
        return interrupts.Token.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done;
    }

    private static IEnumerable<string> Names() => Enum.GetNames<GpuPart>().Select(name => name.ToLowerInvariant());

    private static void Require(OptionResult result, string name, bool isGood, string hint)
    {
        if (!isGood)
        {
            result.AddError($"{name}: {hint}");
        }
    }
}

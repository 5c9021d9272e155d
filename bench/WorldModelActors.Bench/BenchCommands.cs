using System.CommandLine;
using System.CommandLine.Parsing;
using WorldModelActors.Engines;
using WorldModelActors.Rollout;

namespace WorldModelActors.Bench;

/// <summary>The benchmarks as commands; each prints a table and, with --json, writes the same as JSON.</summary>
internal static class BenchCommands
{
    private static readonly Option<torch.Device> s_device = new("--device")
    {
        HelpName = "cpu|cuda|cuda:N",
        Description = "Where it runs",
        CustomParser = r => torch.device(r.Tokens[0].Value),
        DefaultValueFactory = _ => torch.CPU,
        Recursive = true,
    };

    private static readonly Option<string?> s_json = new("--json") { HelpName = "FILE", Description = "Also write the result as JSON", Recursive = true };
    private static readonly Option<string?> s_model = new("--model") { HelpName = "DIR", Description = "Model directory; without it the demo world model" };
    private static readonly Option<int[]> s_threads = Counts("--threads", "Threads of an operator", [1, 2]);
    private static readonly Option<int> s_rounds = Count("--rounds", "Rounds; medians count", 9);

    public static RootCommand Create()
    {
        var root = new RootCommand("Benchmarks of WorldModelActors") { s_device, s_json };
        root.Add(Binding());
        root.Add(Demo());
        root.Add(Micro());
        root.Add(UNetBatch());
        root.Add(Quality());
        root.Add(Engines());
        return root;
    }

    private static Command Binding()
    {
        var command = new Command("binding", "Microseconds of one core per small operator call through the managed API");
        command.SetAction(line => Finish(line, BindingBenchmark.Run(line.GetRequiredValue(s_device)), (r, to) => r.Print(to), (r, file) => r.Save(file)));
        return command;
    }

    private static Command Demo()
    {
        var iterations = Count("--iterations", "Iterations of the episode", 4);
        var steps = Count("--ddim-steps", "Denoising steps of each call", 16);
        var command = new Command("demo", "Seconds per denoising step and per iteration of a model, through the actors") { s_model, s_threads, iterations, steps };
        command.SetAction(async (line, _) =>
        {
            var demo = new DemoBenchmark
            {
                Model = line.GetValue(s_model),
                Threads = line.GetRequiredValue(s_threads),
                Iterations = line.GetValue(iterations),
                DdimSteps = line.GetValue(steps),
            };
            return Finish(line, await demo.RunAsync(line.GetRequiredValue(s_device)), (r, to) => r.Print(to), (r, file) => r.Save(file));
        });
        return command;
    }

    private static Command Engines()
    {
        var messages = Count("--messages", "Messages of each measurement", 200_000);
        var rounds = Count("--rounds", "Rounds; medians count", 5);
        var command = new Command("engines", "Messages per second of the engines of this build (docs/engines.md)") { messages, rounds };
        command.SetAction(async (line, _) =>
        {
            var benchmark = new EngineBenchmark { Messages = line.GetValue(messages), Rounds = line.GetValue(rounds) };
            return Finish(line, await benchmark.RunAsync(ActorEngines.Built), (r, to) => r.Print(to), (r, file) => r.Save(file));
        });
        return command;
    }

    private static Command Micro()
    {
        var rounds = Count("--rounds", "Rounds; medians count", 5);
        var command = new Command("micro", "Frames per second of decoding and observations per second of embedding in calls of 1 to 16") { s_model, s_threads, rounds };
        command.SetAction(line =>
        {
            var device = line.GetRequiredValue(s_device);
            using var model = DemoBenchmark.Load(line.GetValue(s_model) ?? DemoDirectory.Find(), device);
            var benchmark = new BatchingBenchmark(model) { Threads = line.GetRequiredValue(s_threads), Rounds = line.GetValue(rounds) };
            return Finish(line, new BatchingReport(Machine.Describe(device), DateTime.UtcNow, benchmark.Rounds, benchmark.Run()), (r, to) => r.Print(to), (r, file) => r.Save(file));
        });
        return command;
    }

    private static Command UNetBatch()
    {
        var command = new Command("unet-batch", "Seconds per sample of the UNet's forward pass with 1 to 8 samples in a call") { s_model, s_threads, s_rounds };
        command.SetAction(line =>
        {
            var benchmark = new UNetBatchBenchmark { Model = line.GetValue(s_model), Threads = line.GetRequiredValue(s_threads), Rounds = line.GetValue(s_rounds) };
            return Finish(line, benchmark.Run(line.GetRequiredValue(s_device)), (r, to) => r.Print(to), (r, file) => r.Save(file));
        });
        return command;
    }

    private static Command Quality()
    {
        var steps = Counts("--steps", "Numbers of denoising steps", [8, 16, 50]);
        var etas = new Option<double[]>("--eta") { HelpName = "X,X,...", Description = "Etas, 0 to 1", CustomParser = r => List(r, Share), DefaultValueFactory = _ => [0, 1] };
        var seeds = Count("--seeds", "Seeds 1, 2, ... of each combination", 3);
        var rounds = Count("--rounds", "Rounds of 16 frames", 3);
        var batch = Count("--batch", "Prompts that are denoised together", 8);
        var parallel = Count("--parallel", "Runs at a time, each with one thread", 1);
        var command = new Command("quality", "PSNR and SSIM of the demo world model with the recorded actions, beside the figures of its README")
        {
            s_model, steps, etas, seeds, rounds, batch, parallel,
        };
        command.SetAction(async (line, _) =>
        {
            var benchmark = new QualityBenchmark
            {
                Model = line.GetValue(s_model),
                Steps = line.GetRequiredValue(steps),
                Etas = line.GetRequiredValue(etas),
                Seeds = line.GetValue(seeds),
                Rounds = line.GetValue(rounds),
                Batch = line.GetValue(batch),
                Parallel = line.GetValue(parallel),
            };
            return Finish(line, await benchmark.RunAsync(line.GetRequiredValue(s_device), Console.Error), (r, to) => r.Print(to), (r, file) => r.Save(file));
        });
        return command;
    }

    private static int Finish<T>(ParseResult line, T report, Action<T, TextWriter> print, Action<T, string> save)
    {
        print(report, Console.Out);
        if (line.GetValue(s_json) is { } file)
            save(report, file);
        return 0;
    }

    private static Option<int> Count(string name, string description, int standard) =>
        new(name) { HelpName = "N", Description = description, CustomParser = r => Positive(r.Tokens[0].Value), DefaultValueFactory = _ => standard };

    private static Option<int[]> Counts(string name, string description, int[] standard) =>
        new(name) { HelpName = "N,N,...", Description = description, CustomParser = r => List(r, Positive), DefaultValueFactory = _ => standard };

    private static T[] List<T>(ArgumentResult result, Func<string, T> item) => [.. result.Tokens[0].Value.Split(',').Select(item)];

    private static int Positive(string text) => int.TryParse(text, out var n) && n > 0 ? n : throw new ArgumentException($"'{text}' is no positive number");

    private static double Share(string text) =>
        double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var x) && x is >= 0 and <= 1 ? x : throw new ArgumentException($"'{text}' is no number from 0 to 1");
}

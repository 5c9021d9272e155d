using System.CommandLine;
using WorldModelActors.Benchmarks;
using WorldModelActors.Engines;

namespace WorldModelActors.Cli;

/// <summary><c>wma bench cold</c>: an episode as a whole process, from its start on.</summary>
internal static class BenchColdCommand
{
    public static Command Create()
    {
        var model = new FullSizeOptions();
        var checkpoint = new Option<string>("--ckpt") { HelpName = "FILE", Description = "A .safetensors checkpoint to load; without it the weights are drawn on the device" };
        var write = new Option<string>("--write") { HelpName = "FILE", Description = "Write such a checkpoint with random weights instead (7.3 GB as float16), and measure nothing" };
        var iterations = new Option<int>("--iterations") { HelpName = "N", Description = "Iterations of the episode [11]", DefaultValueFactory = _ => 11 };
        var steps = new Option<int>("--ddim-steps") { HelpName = "N", Description = "Denoising steps of each call [50]", DefaultValueFactory = _ => 50 };
        var json = new Option<string>("--json") { HelpName = "FILE", Description = "Also write the report as JSON" };
        foreach (var count in new[] { iterations, steps })
        {
            count.Validators.Add(result =>
            {
                if (result.GetValue(count) is < 1 or > 1000)
                {
                    result.AddError($"{count.Name}: use 1 to 1000");
                }
            });
        }

        var command = new Command("cold", "One episode at full size as a whole process, from a cold start");
        Option[] own = [checkpoint, write, iterations, steps, json];
        model.AddTo(command, own);
        command.WithHelp(
            "Runs one episode on a GPU and nothing else, and gives seconds from the start of the process: libraries, model, search for algorithms, CUDA graphs and all. "
                + "With --ckpt the model is read as rollouts read it.",
            "wma bench cold [options]",
            [
                model.Help(own),
                HelpSection.Lines("Examples", "wma bench cold", "# with reading a checkpoint", "wma bench cold --write /tmp/random.safetensors", "wma bench cold --ckpt /tmp/random.safetensors"),
                new HelpSection("Exit codes", [new HelpRow("0", "measured"), new HelpRow("2", "it cannot be done, such as without a CUDA device"), new HelpRow("130", "stopped")]),
            ]);
        command.SetAction(line =>
        {
            var (config, device) = (model.Config(line), model.Device(line));
            var cold = new ColdStart
            {
                Config = config,
                Type = model.Type(line),
                Iterations = line.GetValue(iterations),
                Steps = line.GetValue(steps),
                Checkpoint = line.GetValue(checkpoint),
                Engine = ActorEngines.FromEnvironment,
            };
            if (line.GetValue(write) is { } file)
            {
                return Write(cold, file, device);
            }

            var report = cold.Run(device);
            report.Print(Console.Out);
            if (line.GetValue(json) is { } path)
            {
                report.Save(path);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static int Write(ColdStart cold, string file, Device device)
    {
        if (File.Exists(file))
        {
            throw new UsageException($"{file}: exists already; remove it, or give it with --ckpt");
        }

        using var interrupts = new Interrupts(() => { });
        try
        {
            var bytes = cold.WriteCheckpoint(file, device, stop: interrupts.Token);
            Console.WriteLine($"{file}: {Texts.Bytes(bytes)}");
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("wma: stopped; nothing was written");
            return ExitCode.Interrupted;
        }
    }
}

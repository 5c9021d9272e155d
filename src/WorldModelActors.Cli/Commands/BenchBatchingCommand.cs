using System.CommandLine;
using WorldModelActors.Benchmarks;
using WorldModelActors.Rollout;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary><c>wma bench batching</c>: what batches are worth to the decoder and the embedder.</summary>
internal static class BenchBatchingCommand
{
    public static Command Create()
    {
        var repeats = new Option<int>("--repeats") { HelpName = "N", Description = "Rounds, of which the median counts [5]", DefaultValueFactory = _ => 5 };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON" };
        repeats.Validators.Add(result =>
        {
            if (result.GetValue(repeats) is < 1 or > 1000)
            {
                result.AddError($"{repeats.Name}: use 1 to 1000");
            }
        });
        var options = new SettingOptionSet([SettingFlags.Model, SettingFlags.Prompts, SettingFlags.Machine], BuiltInSettings.Overlay("bench"), repeats, json);
        var command = new Command("batching", "Decoder and embedder in calls of 1, 2, 4, 8 and 16");
        options.AddTo(command);
        command.WithHelp(
            "Measures frames decoded and observations embedded per second in calls of 1, 2, 4, 8 and 16, on the code that the actors run, against calls "
                + "of one; on a CPU with one thread and with all of --threads. Without --model with the demo world model.",
            "wma bench batching [options]",
            [.. options.Help(), HelpSection.Lines("Examples", "wma bench batching", "wma bench batching --model ckpt/unifolm --prompts prompts/ --device cuda --dtype bfloat16"),
                new HelpSection("Exit codes", [new HelpRow("0", "measured"), new HelpRow("2", "it cannot be done"), new HelpRow("130", "stopped")])]);
        command.SetAction(line => Run(BenchmarkModel.Settings(line, options), line.GetValue(repeats), line.GetValue(json)));
        return command;
    }

    private static int Run(WmaSettings settings, int repeats, bool json)
    {
        using var model = BenchmarkModel.Load(settings);
        using var interrupts = new Interrupts(() => Console.Error.WriteLine("wma: stopping after the call in hand (again to quit at once)"));
        var benchmark = new BatchingBenchmark(model.Model) { Rounds = repeats, Threads = settings.Device.Threads > 0 ? [settings.Device.Threads] : [.. new[] { 1, Environment.ProcessorCount }.Distinct()] };
        try
        {
            var rows = benchmark.Run(new ErrorLines(), interrupts.Token);
            var report = new BatchingReport(Machine.Describe(model.Model.Device), DateTime.UtcNow, repeats, rows);
            if (json)
            {
                Console.Out.Write(report.ToJson());
            }
            else
            {
                report.Print(Console.Out);
            }

            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
    }
}

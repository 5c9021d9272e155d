using System.CommandLine;
using System.CommandLine.Parsing;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary><c>wma bench overlap</c>: the original loop against the actors.</summary>
internal static class BenchOverlapCommand
{
    private const int MostExecuteSteps = 1024;

    public static Command Create()
    {
        var executeSteps = new Option<int[]>("--exe-steps") { HelpName = "N ...", Description = "Executed frames of an iteration; one comparison for each [1 16]", AllowMultipleArgumentsPerToken = true };
        var ddimSteps = new Option<int[]>("--ddim-steps") { HelpName = "N ...", Description = "Denoising steps of each call; one comparison for each [2 4]", AllowMultipleArgumentsPerToken = true };
        var repeats = new Option<int>("--repeats") { HelpName = "N", Description = "Times that everything is measured; medians count [5]", DefaultValueFactory = _ => 5 };
        var memory = new Option<bool>("--memory") { Description = "Also the peak memory of 8 and of 64 iterations" };
        var folder = new Option<string>("--out") { HelpName = "DIR", Description = "Where JSON, chart and traces go [runs/bench-overlap]", DefaultValueFactory = _ => Path.Combine("runs", "bench-overlap") };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON" };
        executeSteps.Validators.Add(result => Require(result, executeSteps.Name, result.GetValue(executeSteps) is { } given && given.All(n => n is >= 1 and <= MostExecuteSteps)));
        ddimSteps.Validators.Add(result => Require(result, ddimSteps.Name, result.GetValue(ddimSteps) is { } given && given.All(n => n >= 1)));
        repeats.Validators.Add(result => Require(result, repeats.Name, result.GetValue(repeats) is >= 1 and <= 1000));

        var options = new SettingOptionSet(
            [
                SettingFlags.Model, SettingFlags.Prompts,
                new FlagSection("Work", [.. Pick(SettingFlags.Episodes, "--episode", "--iterations", "--frame-stride", "--seed"), .. Pick(SettingFlags.Sampling, "--ddim-eta"), .. Pick(SettingFlags.Batching, "--episodes-in-flight")]),
                new FlagSection("Batching", [.. SettingFlags.Batching.Flags.Where(flag => flag.Name != "--episodes-in-flight")]),
                SettingFlags.Machine,
            ],
            BuiltInSettings.Overlay("bench"),
            executeSteps, ddimSteps, repeats, memory, folder, json);
        var command = new Command("overlap", "The original loop against the actors, on the same work");
        options.AddTo(command);
        command.WithHelp(
            "Runs the same episodes (a) as the original script does: both calls decode all of their frames one by one, everything waits for everything, videos are joined "
                + "at the end; (b) through the actors, one episode; (c) through the actors, several at once. Compares wall time, decoded frames, memory and every frame. "
                + "Without --model with the demo world model.",
            "wma bench overlap [options]",
            [
                .. options.Help(),
                HelpSection.Lines(
                    "Examples", "wma bench overlap", "# a quick look", "wma bench overlap --exe-steps 16 --repeats 1 --iterations 2",
                    "# a model on a GPU", "wma bench overlap --model ckpt/unifolm --prompts prompts/ --device cuda --dtype bfloat16 --ddim-steps 50"),
                new HelpSection("Exit codes", [new HelpRow("0", "measured"), new HelpRow("1", "a frame differs from the original loop's (PSNR below 60 dB)"), new HelpRow("2", "it cannot be done"), new HelpRow("130", "stopped")]),
            ]);
        command.SetAction((line, _) => new OverlapRun(
            BenchmarkModel.Settings(line, options),
            line.GetValue(ddimSteps) is { Length: > 0 } denoising ? denoising : [2, 4],
            line.GetValue(executeSteps) is { Length: > 0 } given ? given : [1, 16],
            line.GetValue(repeats),
            line.GetValue(folder)!)
        {
            Memory = line.GetValue(memory),
            Json = line.GetValue(json),
        }.RunAsync());
        return command;
    }

    private static IEnumerable<SettingFlag> Pick(FlagSection section, params string[] names) => section.Flags.Where(flag => names.Contains(flag.Name));

    private static void Require(OptionResult result, string option, bool holds)
    {
        if (!holds)
        {
            result.AddError($"{option}: use 1 or more");
        }
    }
}

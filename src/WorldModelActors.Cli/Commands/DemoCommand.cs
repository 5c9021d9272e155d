using System.CommandLine;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary><c>wma demo</c>: imagines episodes of the demo world model that lies in the repository.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var options = new RolloutOptionSet(
            [SettingFlags.Episodes, SettingFlags.Sampling, SettingFlags.Output, SettingFlags.Batching, SettingFlags.Telemetry, SettingFlags.Machine], BuiltInSettings.Overlay("demo"));
        var command = new Command("demo", "Imagine three episodes with the demo world model: about a minute on two cores");
        options.AddTo(command);
        command.WithHelp(
            "Imagines three episodes with the demo world model: a robot arm pushes a coloured block over a table, as it is told. "
                + "Takes about a minute on two cores and leaves a video and a contact sheet of each.",
            "wma demo [options]",
            [
                .. options.Help(),
                HelpSection.Lines(
                    "Examples",
                    "wma demo",
                    "# other episodes of the eight, longer",
                    "wma demo --episode 4 5 6 --iterations 8 --out runs/longer"),
                HelpScreens.ExitCodes,
            ]);
        command.SetAction(async (line, _) =>
        {
            var demo = DemoModel.Find();
            var settings = WmaSettings.Load(options.Layers(line, built => built
                .Set("wma.model.path", "wma demo", demo.Root)
                // The demo has a vocabulary of its own: $WMA_CLIP_VOCAB is for other models.
                .Set("wma.model.clip-vocab", "wma demo", demo.Merges)
                .Set("wma.rollout.prompts", "wma demo", demo.Prompts)));
            var (exitCode, outcomes) = await options.Run(line, settings, settings.Rollout.Out, isDemo: true).RunAsync().ConfigureAwait(false);
            foreach (var done in options.IsTalkative(line) ? outcomes.Where(outcome => outcome.Status == OutcomeStatus.Completed) : [])
            {
                Console.WriteLine();
                Console.WriteLine($"Told \"{done.Record!.Instruction}\", the model imagined {done.Record.Video.Frames} frames. Look at:");
                Console.WriteLine($"  {Path.GetFullPath(Path.Combine(done.Folder, "video.mp4"))}");
                Console.WriteLine($"  {Path.GetFullPath(Path.Combine(done.Folder, "contact-sheet.png"))}");
            }

            return exitCode;
        });
        return command;
    }
}

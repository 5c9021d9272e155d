using System.CommandLine;
using System.Globalization;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary><c>wma rollout</c>: imagines the episodes of a prompt directory.</summary>
internal static class RolloutCommand
{
    private const string Out = "wma.rollout.out";

    /// <summary>Without <c>--out</c> every run has a folder of its own.</summary>
    private static readonly FlagSection s_output = new(
        SettingFlags.Output.Title, [.. SettingFlags.Output.Flags.Select(flag => flag.Setting == Out ? flag with { OwnDefault = "runs/<date>-<time>" } : flag)]);

    public static Command Create()
    {
        var options = new RolloutOptionSet(
            [SettingFlags.Model, SettingFlags.Prompts, SettingFlags.Episodes, SettingFlags.Sampling, s_output, SettingFlags.Batching, SettingFlags.Telemetry, SettingFlags.Machine]);
        var command = new Command("rollout", "Imagine the episodes of a prompt directory");
        options.AddTo(command);
        command.WithHelp(
            "Imagines episodes: from one camera picture, one robot state and one instruction, a policy call samples actions, a "
                + "world-model call the video that follows, and so on for every iteration.",
            "wma rollout --model DIR|YAML --prompts DIR [options]",
            [
                .. options.Help(),
                HelpSection.Lines(
                    "Examples",
                    "# every episode of a prompt directory, as in the reference's scripts",
                    "wma rollout --model ckpt/unifolm --prompts prompts/ --iterations 12",
                    "# two episodes of one data set on the second GPU, results where you want them",
                    "wma rollout --model ckpt/unifolm --prompts prompts/ --dataset unitree_z1_stackbox --episode 0 1 \\",
                    "            --frame-stride 4 --device cuda:1 --dtype bfloat16 --out runs/stackbox",
                    "# a weights file that lies elsewhere; your own settings in a file",
                    "wma rollout --model model.yaml --ckpt unifolm.ckpt --prompts prompts/ --config my.conf"),
                new HelpSection("Each episode leaves, in OUT/<dataset>/<videoid>",
                [
                    new HelpRow("video.mp4", "the executed frames"),
                    new HelpRow("contact-sheet.png", "the same at a glance"),
                    new HelpRow("trajectory.safetensors", "actions and states of every frame, normalised and in robot units"),
                    new HelpRow("episode.json", "arguments, model digest, seeds, versions, timings"),
                ]),
                HelpScreens.ExitCodes,
                HelpSection.Lines("Settings", "Every setting with its meaning and default: hocon/reference.conf (docs/configuration.md)"),
            ]);
        command.SetAction(async (line, _) =>
        {
            var layers = options.Layers(line);
            var settings = WmaSettings.Load(layers);
            var root = layers.Any(layer => layer.Has(Out))
                ? settings.Rollout.Out
                : Path.Combine(settings.Rollout.Out, DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture));
            return (await options.Run(line, settings, root).RunAsync().ConfigureAwait(false)).ExitCode;
        });
        return command;
    }
}

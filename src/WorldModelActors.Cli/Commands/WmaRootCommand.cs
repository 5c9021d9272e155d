using System.CommandLine;
using System.CommandLine.Help;

namespace WorldModelActors.Cli;

/// <summary>The whole command line.</summary>
internal static class WmaRootCommand
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Imagine episodes with robot world models");
        Command[] commands =
        [
            DemoCommand.Create(),
            RolloutCommand.Create(),
            SweepCommand.Create(),
            SubmitCommand.Create(),
            NodeCommand.Create(),
            ResumeCommand.Create(),
            StatusCommand.Create(),
            WatchCommand.Create(),
            ChangeCommands.Cancel(),
            ChangeCommands.Retry(),
            EpisodesCommand.Create(),
            StoreCommand.Create(),
            VerifyCommand.Create(),
            InspectCommand.Create(),
            ConvertCommand.Create(),
            BenchCommand.Create(),
        ];
        foreach (var command in commands)
        {
            root.Add(command);
        }

        // The own version option prints more than a number.
        foreach (var option in root.Options.OfType<VersionOption>().ToList())
        {
            option.Action = new VersionScreen();
        }

        root.WithHelp(
            "wma imagines episodes with latent-video robot world models: from one camera picture, one robot state and one "
                + "instruction to a video and the actions in it.",
            "wma COMMAND [options]",
            [
                new HelpSection("Commands", [.. commands.Select(command => new HelpRow(command.Name, command.Description ?? ""))]),
                new HelpSection("Options", [new HelpRow("--help, -h", "Help, also of each command: wma rollout --help"), new HelpRow("--version", "Versions of wma, libtorch and .NET")]),
                HelpSection.Lines(
                    "Examples",
                    "wma demo",
                    "wma rollout --model ckpt/unifolm --prompts prompts/ --iterations 12 --out runs/first"),
                HelpScreens.ExitCodes,
                HelpSection.Lines("Environment", "WMA_CLIP_VOCAB=FILE   CLIP merges file for models that have none beside them", "WMA_DEBUG=1           stack traces with errors", "NO_COLOR=1            no colours"),
            ]);
        root.SetAction(root.Options.OfType<HelpOption>().Single().Action is HelpScreen screen ? screen.Invoke : _ => ExitCode.Refused);
        return root;
    }
}

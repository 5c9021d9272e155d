using System.CommandLine;
using Spectre.Console;
using WorldModelActors.Models;

namespace WorldModelActors.Cli;

/// <summary><c>wma inspect</c>: what is inside of a checkpoint, and whether it fits a model.</summary>
internal static class InspectCommand
{
    private const int MostNames = 20;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A checkpoint: .safetensors, .ckpt, .pt" };
        var model = new Option<string>("--model") { HelpName = "DIR|YAML", Description = "Compare with this model: what is missing, of another shape, unknown" };
        var keys = new Option<bool>("--keys") { Description = "List every tensor" };
        var command = new Command("inspect", "Show what is inside of a checkpoint, and whether it fits a model") { file, model, keys };
        command.WithHelp(
            "Shows what is inside of a checkpoint by component, and with --model whether it fits that model. Reads the table of "
                + "contents only, and never runs what a file contains.",
            "wma inspect FILE [--model DIR|YAML] [--keys]",
            [
                new HelpSection("Options",
                [
                    new HelpRow("FILE", file.Description), new HelpRow("--model DIR|YAML", model.Description), new HelpRow("--keys", keys.Description), HelpScreens.Help,
                ]),
                HelpSection.Lines("Examples", "wma inspect unifolm.ckpt", "wma inspect model.safetensors --model ckpt/unifolm/config.yaml", "wma inspect model.safetensors --keys | grep action_unet"),
                new HelpSection("Exit codes", [new HelpRow("0", "the file can be read, and fits the model where one is given"), new HelpRow("1", "it does not fit"), new HelpRow("2", "it cannot be read")]),
            ]);
        command.SetAction(line =>
        {
            using var checkpoint = Checkpoint.Open(line.GetRequiredValue(file));
            var report = CheckpointReport.Create(checkpoint, line.GetValue(model) is { } path ? ModelSchema.Of(path) : null);
            if (line.GetValue(keys))
            {
                PrintKeys(report);
            }
            else
            {
                Print(report);
            }

            return !report.HasModel || report.Fits ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static void PrintKeys(CheckpointReport report)
    {
        foreach (var entry in report.Entries)
        {
            Console.WriteLine($"{entry.Name}\t{entry.Type.TorchName()}\t[{string.Join(", ", entry.Shape)}]");
        }
    }

    private static void Print(CheckpointReport report)
    {
        Console.WriteLine($"{report.Path}: {Describe(report.Format)}{Describe(report.Container)}, {Texts.Bytes(report.FileBytes)}");
        Console.WriteLine($"{report.Entries.Count} tensors, {Texts.Count(report.Elements)} numbers");
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        table.AddColumn("component");
        foreach (var title in new[] { "tensors", "numbers", "size" })
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        table.AddColumn("types");
        foreach (var component in report.Components)
        {
            table.AddRow(
                Markup.Escape(component.Name),
                component.Keys.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Texts.Count(component.Elements),
                Texts.Bytes(component.Bytes),
                string.Join(", ", component.Types.Select(type => component.Types.Count > 1 ? $"{type.Type.TorchName()} {type.Keys}" : type.Type.TorchName())));
        }

        Consoles.Output().Write(table);
        foreach (var (key, value) in report.Extras)
        {
            Console.WriteLine($"also in the file: {key} = {value}");
        }

        if (report.HasModel)
        {
            PrintFit(report);
        }
    }

    private static void PrintFit(CheckpointReport report)
    {
        Console.WriteLine($"the model has {Texts.Count(report.ModelParameters)} parameters; the file {(report.Fits ? "fits" : "does not fit")}");
        PrintNames("missing", [.. report.Missing.Where(key => key.IsUsed).Select(Describe)]);
        PrintNames("missing, never read", [.. report.Missing.Where(key => !key.IsUsed).Select(Describe)]);
        PrintNames("of another shape", [.. report.Misshapen.Select(it => $"{it.Entry.Name} [{string.Join(", ", it.Entry.Shape)}], the model has [{string.Join(", ", it.Expected.Shape)}]")]);
        PrintNames("unknown to the model", [.. report.Unknown.Select(entry => entry.ToString())]);
    }

    private static string Describe(CheckpointFormat format) => format switch
    {
        CheckpointFormat.Safetensors => "safetensors",
        CheckpointFormat.TorchZip => "PyTorch checkpoint (zip)",
        _ => "PyTorch checkpoint (before version 1.6)",
    };

    private static string Describe(CheckpointContainer container) => container switch
    {
        CheckpointContainer.StateDict => ", weights under 'state_dict'",
        CheckpointContainer.DeepSpeedModule => ", DeepSpeed, weights under 'module'",
        _ => "",
    };

    private static string Describe(WeightKey key) => $"{key.Name} [{string.Join(", ", key.Shape)}]";

    private static void PrintNames(string title, List<string> names)
    {
        if (names.Count == 0)
        {
            return;
        }

        Console.WriteLine($"{title} ({names.Count}):");
        foreach (var name in names.Take(MostNames))
        {
            Console.WriteLine("  " + name);
        }

        if (names.Count > MostNames)
        {
            Console.WriteLine($"  ... and {names.Count - MostNames} more");
        }
    }
}

using System.CommandLine;
using WorldModelActors.Models;

namespace WorldModelActors.Cli;

/// <summary><c>wma convert</c>: writes a checkpoint as safetensors.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("IN") { Description = "A checkpoint: .safetensors, .ckpt, .pt" };
        var destination = new Argument<string>("OUT") { Description = "The .safetensors file to write" };
        var dtype = new Option<string>("--dtype") { HelpName = "NAME", Description = "Type of floating-point parameters: float32, bfloat16 or float16; without it each keeps its own. Buffers keep theirs always" };
        dtype.AcceptOnlyFromAmong("float32", "bfloat16", "float16");
        var dropUnused = new Option<bool>("--drop-unused") { Description = "Leave out what inference never reads; needs --model" };
        var model = new Option<string>("--model") { HelpName = "DIR|YAML", Description = "The model, for --drop-unused" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace OUT where it exists" };
        var command = new Command("convert", "Write a checkpoint as safetensors, optionally in half precision") { source, destination, dtype, dropUnused, model, overwrite };
        command.WithHelp(
            "Writes a checkpoint as a safetensors file, which loads without copying. The same input gives the same bytes.",
            "wma convert IN OUT.safetensors [options]",
            [
                new HelpSection("Options",
                [
                    .. new Argument[] { source, destination }.Select(it => new HelpRow(it.Name, it.Description ?? "")),
                    .. new Option[] { dtype, dropUnused, model, overwrite }.Select(it => new HelpRow($"{it.Name} {it.HelpName}".TrimEnd(), it.Description ?? "")),
                    HelpScreens.Help,
                ]),
                HelpSection.Lines("Examples", "wma convert unifolm.ckpt model.safetensors", "wma convert unifolm.ckpt small.safetensors --dtype bfloat16 --drop-unused --model config.yaml"),
                new HelpSection("Exit codes", [new HelpRow("0", "written"), new HelpRow("2", "it cannot be done: wrong usage, input or environment"), new HelpRow("130", "stopped; nothing was written")]),
            ]);
        command.SetAction(line =>
        {
            if (line.GetValue(model) is not null && !line.GetValue(dropUnused))
            {
                throw new UsageException("--model: says what --drop-unused leaves out; give both, or none");
            }

            var options = new ConversionOptions
            {
                ParameterType = line.GetValue(dtype) switch
                {
                    "float32" => ElementType.Float32,
                    "bfloat16" => ElementType.BFloat16,
                    "float16" => ElementType.Float16,
                    _ => null,
                },
                KeepUsedBy = !line.GetValue(dropUnused) ? null
                    : ModelSchema.Of(line.GetValue(model) ?? throw new UsageException("--drop-unused: give --model DIR|YAML, which says what is used")),
            };
            return Convert(line.GetRequiredValue(source), line.GetRequiredValue(destination), options, line.GetValue(overwrite));
        });
        return command;
    }

    private static int Convert(string source, string destination, ConversionOptions options, bool overwrite)
    {
        if (File.Exists(destination) && !overwrite)
        {
            throw new UsageException($"{destination}: exists already; give another name, or replace it with --overwrite");
        }

        using var checkpoint = Checkpoint.Open(source);
        using var interrupts = new Interrupts(() => { });
        try
        {
            var shown = 0L;
            var result = CheckpointConverter.Convert(
                checkpoint,
                destination,
                options,
                new TensorProgress(it =>
                {
                    var percent = it.Total == 0 ? 100 : 100 * it.Done / it.Total;
                    if (!Console.IsErrorRedirected && percent > shown)
                    {
                        shown = percent;
                        Console.Error.Write($"\r{percent} %{(percent == 100 ? "\n" : "")}");
                    }
                }),
                interrupts.Token);
            Console.WriteLine(
                $"{destination}: {result.Tensors} tensors, {Texts.Bytes(result.Bytes)}"
                + (result.Narrowed > 0 ? $", {result.Narrowed} converted" : "")
                + (result.Dropped.Count > 0 ? $", {result.Dropped.Count} left out" : ""));
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("wma: stopped; nothing was written");
            return ExitCode.Interrupted;
        }
    }

    /// <summary>Reports on the writing thread, in order.</summary>
    private sealed class TensorProgress(Action<(long Done, long Total)> report) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => report(value);
    }
}

using System.CommandLine;
using System.Globalization;
using WorldModelActors.Episodes;

namespace WorldModelActors.Cli;

/// <summary><c>wma episodes export</c>: completed episodes as a folder.</summary>
internal static class EpisodesExportCommand
{
    public static Command Create()
    {
        var which = new Argument<string[]>("SWEEP|ID") { Description = "Sweeps (name or id) and episodes (id); without any every episode of the store", Arity = ArgumentArity.ZeroOrMore };
        var folder = new Option<string>("--out") { HelpName = "DIR", Description = "The folder to make; missing or empty", Required = true };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "No progress" };
        var options = new StoreOptionSet(folder, quiet);
        var command = new Command("export", "Copy completed episodes into a folder: videos, rows of all frames, manifest") { which };
        options.AddTo(command);

        command.WithHelp(
            "Copies completed episodes out of the store into a folder that needs no store, and checks every file's checksum. The folder appears when it is complete.",
            "wma episodes export [SWEEP|ID ...] --out DIR [options]",
            [
                new HelpSection("What", [new HelpRow("SWEEP|ID ...", which.Description!)]),
                .. options.Help(),
                new HelpSection("The folder (docs/sweeps.md)",
                [
                    new HelpRow("videos/", "a video of each episode"), new HelpRow("contact-sheets/", "the same at a glance"), new HelpRow("records/", "arguments, model, versions, timings of each"),
                    new HelpRow("data.safetensors", "a row of each frame: episode, frame, time, action, state"), new HelpRow("data.csv", "the same as text, with the instruction"),
                    new HelpRow("episodes.jsonl", "a line of each episode: variant, settings, files"), new HelpRow("tasks.jsonl", "instructions by number"), new HelpRow("manifest.json", "every file with its checksum"),
                ]),
                HelpSection.Lines("Examples", "wma episodes export demo --out runs/demo-export"),
                new HelpSection("Exit codes", [new HelpRow("0", "exported"), new HelpRow("2", "it cannot be done; nothing remains"), new HelpRow("130", "stopped; nothing remains")]),
            ]);
        command.SetAction(async (line, _) =>
        {
            using var interrupts = new Interrupts(() => { });
            try
            {
                var target = line.GetRequiredValue(folder);
                EpisodeExport.RequireFree(target);
                var opened = await options.OpenAsync(line, interrupts.Token).ConfigureAwait(false);
                await using (opened.ConfigureAwait(false))
                {
                    var result = await RunAsync(opened, line.GetValue(which) ?? [], target, line.GetValue(quiet), interrupts.Token).ConfigureAwait(false);
                    var leftOut = result.LeftOut > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {result.LeftOut} not completed, left out") : "";
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Folder}: {result.Episodes} episodes, {result.Frames} frames, {Texts.Bytes(result.Bytes)}{leftOut}"));
                }

                return ExitCode.Done;
            }
            catch (OperationCanceledException) when (interrupts.Token.IsCancellationRequested)
            {
                return ExitCode.Interrupted;
            }
        });
        return command;
    }

    private static async Task<ExportResult> RunAsync(OpenStore opened, IReadOnlyCollection<string> which, string target, bool quiet, CancellationToken stop)
    {
        var episodes = await opened.Store.SelectAsync(which, stop).ConfigureAwait(false);
        var sweeps = (await opened.Store.SummaryAsync(stop: stop).ConfigureAwait(false)).Sweeps;
        using var progress = new LineProgress(quiet);
        using var exchange = new NodeExchange(opened.Store, NodeExchange.Tls(opened.Exchange), own: null, line => progress.Report(line));
        await MissingResults.FetchAsync(opened.Store, opened.Files, exchange, episodes, stop).ConfigureAwait(false);
        return new EpisodeExport(opened.Files).Run(
            episodes, sweeps, target,
            now => progress.Report(string.Create(CultureInfo.InvariantCulture, $"copied {now.Episodes} of {now.Of} episodes, {Texts.Bytes(now.Bytes)} of {Texts.Bytes(now.OfBytes)}")), stop);
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using WorldModelActors.Episodes;

namespace WorldModelActors.Cli;

/// <summary><c>wma episodes list</c>: the episodes of a store.</summary>
internal static class EpisodesListCommand
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create()
    {
        var which = new Argument<string[]>("which") { HelpName = "SWEEP|EPISODE ...", Description = "Only these: names of sweeps, or the beginnings of ids", Arity = ArgumentArity.ZeroOrMore };
        var state = new Option<JournalState?>("--only") { HelpName = "STATE", Description = "Only those in this state: planned, waiting, running, completed, failed, cancelled" };
        var json = new Option<bool>("--json") { Description = "One JSON object in each line" };
        var options = new StoreOptionSet(state, json);
        var command = new Command("list", "List episodes: where they stand, who has them, where their results are") { which };
        options.AddTo(command);
        command.WithHelp(
            "Lists the episodes of a store in the order of planning.", "wma episodes list [SWEEP|EPISODE ...] [options]",
            [.. options.Help(), HelpSection.Lines("Examples", "wma episodes list", "wma episodes list my-sweep --only failed", "wma episodes list --json | jq -r .files.video")]);
        command.SetAction(async (line, stop) =>
        {
            var open = await options.OpenAsync(line, stop).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                Table? table = null;
                foreach (var selection in await open.Store.SelectionsAsync(line.GetValue(which) ?? [], stop).ConfigureAwait(false))
                {
                    foreach (var episode in await open.Store.ListAllAsync(selection with { State = line.GetValue(state) }, stop).ConfigureAwait(false))
                    {
                        if (line.GetValue(json))
                        {
                            Console.WriteLine(Json(open.Files, episode));
                        }
                        else
                        {
                            Row(table ??= NewTable(), episode);
                        }
                    }
                }

                if (table is not null)
                {
                    Consoles.Output().Write(table);
                }
                else if (!line.GetValue(json))
                {
                    Console.WriteLine("no episodes");
                }
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Table NewTable()
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (var title in new[] { "episode", "id", "state", "iterations", "frames", "node", "cause" })
        {
            var column = new TableColumn(title);
            table.AddColumn(title == "cause" ? column : column.NoWrap());
        }

        return table;
    }

    private static void Row(Table table, EpisodeView episode) => table.AddRow(
        Markup.Escape(episode.Name),
        $"[grey]{episode.Id[..8]}[/]",
        $"[{ColorOf(episode.State)}]{episode.State.ToString().ToLowerInvariant()}[/]",
        $"{episode.Committed}/{episode.Iterations}",
        episode.Frames.ToString(CultureInfo.InvariantCulture),
        Markup.Escape(episode.Node ?? ""),
        Markup.Escape(episode.Cause ?? ""));

    private static string ColorOf(JournalState state) => state switch
    {
        JournalState.Completed => "green",
        JournalState.Failed => "red",
        JournalState.Running => "aqua",
        _ => "yellow",
    };

    private static string Json(EpisodeFiles files, EpisodeView episode) => JsonSerializer.Serialize(
        new
        {
            episode.Id,
            episode.Name,
            Sweep = episode.SweepId,
            State = episode.State.ToString().ToLowerInvariant(),
            episode.Iterations,
            episode.Committed,
            episode.Frames,
            episode.Epoch,
            episode.Node,
            episode.Cause,
            Folder = files.FolderOf(episode.Id),
            Files = episode.Results.ToDictionary(file => file.Name[..file.Name.IndexOf('.', StringComparison.Ordinal)], file => files.PathOf(episode.Id, file)),
            episode.Summary,
        },
        s_json);
}

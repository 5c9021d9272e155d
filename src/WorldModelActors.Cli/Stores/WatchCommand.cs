using System.CommandLine;
using Spectre.Console;
using WorldModelActors.Episodes;

namespace WorldModelActors.Cli;

/// <summary><c>wma watch</c>: the same as <c>wma status</c>, kept up to date until everything has ended.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var sweep = new Argument<string?>("sweep") { HelpName = "SWEEP", Description = "Only this one: a name, or the beginning of an id", Arity = ArgumentArity.ZeroOrOne };
        var options = new StoreOptionSet();
        var command = new Command("watch", "Watch the sweeps of a store until every episode has ended") { sweep };
        options.AddTo(command);
        command.WithHelp(
            "Shows the table of wma status and keeps it up to date; ends when every episode has ended. Ctrl-C ends the watching only.",
            "wma watch [SWEEP] [options]",
            [.. options.Help(), HelpSection.Lines("Examples", "wma watch", "wma watch my-sweep"), HelpScreens.ExitCodes]);
        command.SetAction(async (line, stop) =>
        {
            var open = await options.OpenAsync(line, stop).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                var id = line.GetValue(sweep) is { } name ? (await open.Store.RequireSweepAsync(name, stop).ConfigureAwait(false)).Id : null;
                using var interrupts = new Interrupts(() => { });
                return await WatchAsync(open.Store, id, interrupts.Token).ConfigureAwait(false);
            }
        });
        return command;
    }

    private static async Task<int> WatchAsync(IEpisodeStore store, string? sweepId, CancellationToken stop)
    {
        StoreSummary? last = null;
        async Task FollowAsync(Action<StoreSummary> show)
        {
            try
            {
                await foreach (var summary in store.WatchAsync(sweepId, s_pause, stop).ConfigureAwait(false))
                {
                    last = summary;
                    show(summary);
                    if (summary.Sweeps.All(sweep => sweep.Ended == sweep.Count))
                    {
                        return;
                    }
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }

        var console = Consoles.Output();
        if (Console.IsOutputRedirected)
        {
            var shown = "";
            await FollowAsync(summary =>
            {
                var line = $"{summary.Sweeps.Sum(s => s.Ended)} of {summary.Sweeps.Sum(s => s.Count)} episodes, {summary.Sweeps.Sum(s => s.Committed)} of {summary.Sweeps.Sum(s => s.Iterations)} iterations; {StatusScreen.Rate(summary)}";
                if (line != shown)
                {
                    Console.WriteLine(shown = line);
                }
            }).ConfigureAwait(false);
        }
        else
        {
            await console.Live(new Text("")).StartAsync(context => FollowAsync(summary => context.UpdateTarget(StatusScreen.Draw(summary)))).ConfigureAwait(false);
        }

        return stop.IsCancellationRequested ? ExitCode.Interrupted
            : last?.Sweeps.Any(sweep => sweep.Episodes.GetValueOrDefault(JournalState.Failed) > 0) == true ? ExitCode.Failed
            : ExitCode.Done;
    }
}

using System.CommandLine;
using WorldModelActors.Episodes;

namespace WorldModelActors.Cli;

/// <summary><c>wma cancel</c> and <c>wma retry</c>: change what is to become of episodes.</summary>
internal static class ChangeCommands
{
    public static Command Cancel() => Create(
        "cancel",
        "Cancel episodes that have not ended",
        "Cancels episodes of a sweep, or single ones. Nodes that run them stop at once; what they committed stays, and wma retry goes on from there.",
        "cancelled",
        (store, selection, stop) => store.CancelAsync(selection, stop));

    public static Command Retry() => Create(
        "retry",
        "Let failed and cancelled episodes run again",
        "Makes failed and cancelled episodes claimable again; they go on after their last committed iteration.",
        "to be run again",
        (store, selection, stop) => store.RetryAsync(selection, stop));

    private static Command Create(string name, string description, string summary, string done, Func<IEpisodeStore, EpisodeSelection, CancellationToken, Task<int>> change)
    {
        var which = new Argument<string[]>("which") { HelpName = "SWEEP|EPISODE ...", Description = "Names of sweeps, or the beginnings of ids", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "Every episode of the store" };
        var options = new StoreOptionSet(all);
        var command = new Command(name, description) { which };
        options.AddTo(command);
        command.WithHelp(
            summary,
            $"wma {name} SWEEP|EPISODE ... [options]",
            [.. options.Help(), HelpSection.Lines("Examples", $"wma {name} my-sweep", $"wma {name} 3fa94c1b  # an episode, by the beginning of its id", $"wma {name} --all")]);
        command.SetAction(async (line, stop) =>
        {
            var names = line.GetValue(which) ?? [];
            if ((names.Length == 0) == !line.GetValue(all))
            {
                throw new UsageException($"name sweeps or episodes, or give --all; see wma {name} --help");
            }

            var open = await options.OpenAsync(line, stop).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                var changed = 0;
                foreach (var selection in await open.Store.SelectionsAsync(names, stop).ConfigureAwait(false))
                {
                    changed += await change(open.Store, selection, stop).ConfigureAwait(false);
                }

                Console.WriteLine($"{changed} {(changed == 1 ? "episode" : "episodes")} {done}");
            }

            return ExitCode.Done;
        });
        return command;
    }
}

using System.Globalization;
using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability;

/// <summary>A store and a state folder, the nodes that work on them as processes, and the journal to watch them by.</summary>
public sealed class Workplace : IAsyncDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    private readonly List<WmaProcess> _nodes = [];

    private Workplace(string store, string state, IEpisodeStore journal) => (Store, State, Journal, Files) = (store, state, journal, EpisodeFiles.Open(state));

    /// <summary>The store, as commands want it.</summary>
    public string Store { get; }

    /// <summary>The state folder.</summary>
    public string State { get; }

    /// <summary>The journal, for a look.</summary>
    public IEpisodeStore Journal { get; }

    /// <summary>The files of episodes.</summary>
    public EpisodeFiles Files { get; }

    /// <summary>Every node that was started here.</summary>
    public IReadOnlyList<WmaProcess> Nodes => _nodes;

    /// <summary>Opens a new, empty one.</summary>
    /// <param name="store">Path of a SQLite file, or URL of a PostgreSQL schema.</param>
    /// <param name="state">The state folder.</param>
    /// <param name="stop">Stops waiting.</param>
    public static async Task<Workplace> OpenAsync(string store, string state, CancellationToken stop) =>
        new(store, state, await EpisodeStores.OpenAsync(StoreLocation.Parse(store), new StoreOptions { MaxConnections = 3 }, stop).ConfigureAwait(false));

    /// <summary>Runs a command of <c>wma</c> on this store to its end.</summary>
    public Task<(int Exit, string Text)> CommandAsync(CancellationToken stop, params IReadOnlyList<string> arguments) =>
        WmaProcess.RunAsync("wma " + arguments[0], [.. arguments, "--store", Store], stop);

    /// <summary>Plans a workload.</summary>
    public Task PlanAsync(Workload work, CancellationToken stop)
    {
        var (sweep, episodes) = work.Plan();
        return Journal.PlanAsync(sweep, episodes, stop);
    }

    /// <summary>Starts a node that gives the same bits whatever it runs side by side.</summary>
    public WmaProcess StartNode(string name, params IReadOnlyList<string> more) => StartServer("node", name, more);

    /// <summary>Starts a command that serves like a node.</summary>
    public WmaProcess StartServer(string command, string name, params IReadOnlyList<string> more)
    {
        var node = WmaProcess.Start(
            name, [command, "--store", Store, "--state", State, "--name", name, "--deterministic", "--device", "cpu", "--threads", "1", .. more]);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Starts a node in a seat of a cluster.</summary>
    public WmaProcess StartNode(string name, ClusterSeat seat, params IReadOnlyList<string> more)
    {
        var node = WmaProcess.Start(
            name, ["node", "--store", Store, "--state", State, "--name", name, "--deterministic", "--device", "cpu", "--threads", "1", .. seat.Arguments, .. more], seat.Environment, seat.By);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Waits until the episodes are in a condition; looks at every change of the journal, however long the store may be away.</summary>
    /// <exception cref="TimeoutException">They were not in time; with what the nodes wrote.</exception>
    public async Task<IReadOnlyList<EpisodeDossier>> UntilAsync(string what, Func<IReadOnlyList<EpisodeDossier>, bool> isSo, CancellationToken stop)
    {
        IReadOnlyList<EpisodeDossier> last = [];
        IStoreSubscription? changes = null;
        try
        {
            while (true)
            {
                try
                {
                    changes ??= await Journal.SubscribeAsync(stop).ConfigureAwait(false);
                    last = await DossiersAsync(stop).ConfigureAwait(false);
                    if (isSo(last))
                    {
                        return last;
                    }

                    await changes.NextAsync(s_look, stop).ConfigureAwait(false);
                }
                catch (StoreUnavailableException)
                {
                    await Task.Delay(s_look, stop).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException cause)
        {
            throw new TimeoutException($"not in time: {what}\n{Report(last)}", cause);
        }
        finally
        {
            if (changes is not null)
            {
                await changes.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Everything the journal knows of all episodes.</summary>
    public async Task<IReadOnlyList<EpisodeDossier>> DossiersAsync(CancellationToken stop)
    {
        var all = new List<EpisodeDossier>();
        while (await Journal.DossiersAsync(all.Count == 0 ? 0 : all[^1].Episode.Number, 500, stop).ConfigureAwait(false) is { Count: > 0 } page)
        {
            all.AddRange(page);
        }

        return all;
    }

    /// <summary>Episodes and what every node wrote, for messages.</summary>
    public string Report(IReadOnlyList<EpisodeDossier> dossiers) => string.Join('\n', dossiers
        .Select(it => string.Create(
            CultureInfo.InvariantCulture,
            $"{it.Episode.Id[..8]} {it.Episode.Name}: {it.Episode.State}, {it.Episode.Committed}/{it.Episode.Iterations}, epoch {it.Episode.Epoch}, node {it.Episode.Node}, {it.Episode.Cause}: {string.Join(' ', it.Events.Select(e => $"{e.Kind}.{e.Epoch}"))}"))
        .Concat(_nodes.Select(node => $"--- {node.Title} ({(node.HasExited ? "ended" : "runs")})\n{node.Text}")));

    /// <summary>Ends every node at once, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync().ConfigureAwait(false);
        }

        await Journal.DisposeAsync().ConfigureAwait(false);
    }
}

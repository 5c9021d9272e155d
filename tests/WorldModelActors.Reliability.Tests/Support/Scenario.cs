using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability.Tests;

/// <summary>A store of a scenario's own with planned episodes, on SQLite or PostgreSQL; at its end everything must be as if nothing had happened.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    /// <summary>Shorter than the default, so that takeovers come soon.</summary>
    public const string Lease = "2s";

    private readonly Demo _demo;
    private readonly ScratchFolder _folder;
    private readonly CancellationTokenSource _limit;

    private Scenario(Demo demo, ScratchFolder folder, CancellationTokenSource limit) => (_demo, _folder, _limit) = (demo, folder, limit);

    public required Workplace Place { get; init; }

    /// <summary>What undisturbed episodes give.</summary>
    public Task<UndisturbedRun> UndisturbedAsync() => _demo.UndisturbedAsync();

    /// <summary>A path of the scenario's own.</summary>
    public string PathOf(string name) => _folder[name];

    public CancellationToken Stop => _limit.Token;

    /// <summary>Plans episodes in a new store.</summary>
    /// <param name="demo">What is run.</param>
    /// <param name="work">The episodes.</param>
    /// <param name="postgres">Where; null for a SQLite file.</param>
    /// <param name="state">The state folder; null for one in the scenario's folder.</param>
    public static async Task<Scenario> PlanAsync(Demo demo, Workload work, PrivatePostgres? postgres = null, string? state = null)
    {
        var scenario = await EmptyAsync(demo, postgres, state);
        await scenario.Place.PlanAsync(work, scenario.Stop);
        return scenario;
    }

    /// <summary>A new store in which nothing is planned yet.</summary>
    public static async Task<Scenario> EmptyAsync(Demo demo, PrivatePostgres? postgres = null, string? state = null)
    {
        var limit = Limit.Start();
        var folder = new ScratchFolder();
        // Before the clock of anything else starts: the first scenario computes it for all.
        await demo.UndisturbedAsync();
        return new Scenario(demo, folder, limit)
        {
            Place = await Workplace.OpenAsync(postgres?.NewStore() ?? folder["store.sqlite"], state ?? folder["state"], limit.Token),
        };
    }

    /// <summary>A node with a short lease.</summary>
    public WmaProcess Node(string name, params IReadOnlyList<string> more) => Command("node", name, more);

    /// <summary>Another command that serves like a node.</summary>
    public WmaProcess Command(string command, string name, params IReadOnlyList<string> more) => Place.StartServer(command, name, ["--lease", Lease, .. more]);

    /// <summary>Freezes a node while it writes a file of this kind; see <see cref="WriterTrap.CatchAsync"/>.</summary>
    public Task<string> CatchAsync(WmaProcess node, string kind) => OutsideOfTransactionsAsync(node, () => WriterTrap.CatchAsync(node, Place.State, kind, Stop));

    /// <summary>Freezes a node when a file of this kind is there; see <see cref="WriterTrap.AfterAsync"/>.</summary>
    public Task<string> AfterAsync(WmaProcess node, string kind) => OutsideOfTransactionsAsync(node, () => WriterTrap.AfterAsync(node, Place.State, kind, Stop));

    /// <summary>
    /// A process that stands still while it holds SQLite's lock holds up everybody on that file, for as long as it stands: such a moment
    /// (a heart-beat's millisecond) is let pass.
    /// </summary>
    private async Task<string> OutsideOfTransactionsAsync(WmaProcess node, Func<Task<string>> freeze)
    {
        while (true)
        {
            var path = await freeze();
            try
            {
                await using var other = await EpisodeStores.OpenAsync(StoreLocation.Parse(Place.Store), new StoreOptions { CommandTimeout = TimeSpan.FromSeconds(1) }, Stop);
                await other.DrainAsync("nobody", Stop);
                return path;
            }
            catch (StoreUnavailableException)
            {
                node.Send(Signal.Continue);
            }
        }
    }

    /// <summary>A node that does the rest and ends.</summary>
    public async Task FinishAsync(string name)
    {
        var node = Node(name, "--exit-when-done");
        Assert.True(await node.EndAsync(Stop) == 0, Place.Report(await Place.DossiersAsync(Stop)));
    }

    /// <summary>Waits until the episodes are in a condition.</summary>
    public Task<IReadOnlyList<EpisodeDossier>> UntilAsync(string what, Func<IReadOnlyList<EpisodeDossier>, bool> isSo) => Place.UntilAsync(what, isSo, Stop);

    /// <summary>The invariants; the journal, for what else a scenario wants to know.</summary>
    public async Task<IReadOnlyList<EpisodeDossier>> IntactAsync(bool mayBeCancelled = false)
    {
        var verdict = await new Invariants(Place, await _demo.UndisturbedAsync()) { FramesPerIteration = Demo.Work(0).ExecuteSteps, MayBeCancelled = mayBeCancelled }.CheckAsync(Stop);
        var dossiers = await UntilAsync("the store answers", _ => true);
        Assert.True(verdict.Violations.Count == 0, $"{verdict}\n{Place.Report(dossiers)}");
        return dossiers;
    }

    public async ValueTask DisposeAsync()
    {
        await Place.DisposeAsync();
        _folder.Dispose();
        _limit.Dispose();
    }
}

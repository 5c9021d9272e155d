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

    public CancellationToken Stop => _limit.Token;

    /// <summary>Plans episodes in a new store.</summary>
    /// <param name="demo">What is run.</param>
    /// <param name="work">The episodes.</param>
    /// <param name="postgres">Where; null for a SQLite file.</param>
    /// <param name="state">The state folder; null for one in the scenario's folder.</param>
    public static async Task<Scenario> PlanAsync(Demo demo, Workload work, PrivatePostgres? postgres = null, string? state = null)
    {
        var limit = Limit.Start();
        var folder = new ScratchFolder();
        // Before the clock of anything else starts: the first scenario computes it for all.
        await demo.UndisturbedAsync();
        var scenario = new Scenario(demo, folder, limit)
        {
            Place = await Workplace.OpenAsync(postgres?.NewStore() ?? folder["store.sqlite"], state ?? folder["state"], limit.Token),
        };
        await scenario.Place.PlanAsync(work, limit.Token);
        return scenario;
    }

    /// <summary>A node with a short lease.</summary>
    public WmaProcess Node(string name, params IReadOnlyList<string> more) => Command("node", name, more);

    /// <summary>Another command that serves like a node.</summary>
    public WmaProcess Command(string command, string name, params IReadOnlyList<string> more) => Place.StartServer(command, name, ["--lease", Lease, .. more]);

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

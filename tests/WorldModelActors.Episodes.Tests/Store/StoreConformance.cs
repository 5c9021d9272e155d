using System.Globalization;
using Microsoft.Data.Sqlite;

namespace WorldModelActors.Episodes.Tests;

/// <summary>What every store does, whatever database is below it.</summary>
public abstract partial class StoreConformance : IAsyncDisposable
{
    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private StoreHome? _home;

    private protected StoreHome Home => _home ??= NewHome();

    private protected abstract StoreHome NewHome();

    public async ValueTask DisposeAsync()
    {
        if (_home is not null)
        {
            await _home.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>A store with a node and planned episodes.</summary>
    private protected async Task<(IEpisodeStore Store, NodeId Node)> PlannedAsync(int episodes, int iterations = 3, StoreOptions? options = null)
    {
        var store = await Home.OpenAsync(options);
        await store.PlanAsync(Plans.Sweep(), Plans.Episodes(episodes, iterations), Stop);
        return (store, await store.RegisterAsync(Plans.Node("a"), Stop));
    }

    private protected static async Task<EpisodeView> SeeAsync(IEpisodeStore store, Claim claim) => (await store.FindAsync(claim.EpisodeId, Stop))!;

    private protected static async Task<IReadOnlyList<EventKind>> KindsAsync(IEpisodeStore store, Claim claim) =>
        [.. (await store.EventsAsync(claim.EpisodeId, Stop)).Select(next => next.Kind)];

    private protected static async Task ConsistentAsync(IEpisodeStore store) =>
        Assert.Empty((await new StoreCheck(store, null).RunAsync(Stop)).Findings);
}

public sealed class SqliteConformance : StoreConformance
{
    private protected override StoreHome NewHome() => new SqliteHome();

    private protected override async Task SetVersionAsync(int version)
    {
        await using var connection = new SqliteConnection($"Data Source={Home.Location};Pooling=false");
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE schema_version SET version = @version";
        command.Parameters.AddWithValue("version", version);
        await command.ExecuteNonQueryAsync(Stop);
    }
}

public sealed class PostgresConformance(PostgresInstance instance) : StoreConformance
{
    private protected override StoreHome NewHome() => new PostgresHome(instance);

    private protected override Task SetVersionAsync(int version) =>
        instance.RunAsync((PostgresLocation)Home.Location, string.Create(CultureInfo.InvariantCulture, $"UPDATE schema_version SET version = {version}"));
}

using Microsoft.Data.Sqlite;

namespace WorldModelActors.Episodes.Tests;

/// <summary>Damages done behind the store's back; the check has to see each.</summary>
public sealed class StoreCheckTests : IAsyncDisposable
{
    private readonly SqliteHome _home = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _home.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("UPDATE episodes SET committed = 1", "committed iterations: 1 in the store, 2 by the journal")]
    [InlineData("UPDATE episodes SET state = 3", "state: Completed in the store, Running by the journal")]
    [InlineData("UPDATE episodes SET frames = 5", "frames: 5 in the store, 4 by the journal")]
    [InlineData("UPDATE episodes SET epoch = 2", "epoch: 2 in the store, 1 by the journal")]
    [InlineData("DELETE FROM events WHERE seq = 3", "event 4 follows event 2")]
    [InlineData("UPDATE events SET epoch = 3 WHERE seq = 2", "the epoch goes from 0 to 3")]
    [InlineData("UPDATE events SET epoch = 0 WHERE seq = 4", "its epoch is stale")]
    [InlineData("UPDATE iterations SET first_frame = 1 WHERE iteration = 1", "iteration 1 from frame 1 stands where iteration 1 from frame 2 belongs")]
    [InlineData("DELETE FROM iterations WHERE iteration = 0", "rows of iterations: 1 in the store, 2 by the journal")]
    [InlineData("UPDATE iterations SET counters = '{}' WHERE iteration = 0", "iteration 0 is not what was committed")]
    [InlineData("DELETE FROM leases", "has no lease")]
    [InlineData("UPDATE leases SET epoch = 7", "its lease has epoch 7")]
    [InlineData("UPDATE leases SET expires = 0", "ran out")]
    [InlineData("UPDATE episodes SET state = 4; UPDATE events SET kind = 5 WHERE seq = 4; UPDATE episodes SET committed = 1", "still has a lease")]
    public async Task Damage_of_the_store_is_seen(string sql, string expected)
    {
        var (store, _, _) = await BeginAsync();
        Assert.True((await new StoreCheck(store, null).RunAsync(Stop)).IsConsistent);
        await using (var connection = new SqliteConnection($"Data Source={_home.Location};Pooling=false"))
        {
            await connection.OpenAsync(Stop);
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            Assert.NotEqual(0, await command.ExecuteNonQueryAsync(Stop));
        }

        var report = await new StoreCheck(store, null).RunAsync(Stop);
        Assert.False(report.IsConsistent);
        Assert.Contains(report.Findings, finding => finding.Message.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Litter_is_seen_and_removed_on_request()
    {
        var (store, files, claim) = await BeginAsync();
        var folder = files.FolderOf(claim.EpisodeId);
        await store.ReleaseAsync(claim, Stop);
        await File.WriteAllTextAsync(Path.Combine(folder, ".part-0123456789ab-segment-000002.e1.mp4"), "half", Stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "segment-000002.e1.mp4"), "never committed", Stop);

        var seen = await new StoreCheck(store, files).RunAsync(Stop);
        Assert.Equal(2, seen.Findings.Count);
        Assert.False(seen.IsConsistent);
        var repaired = await new StoreCheck(store, files) { Repair = true }.RunAsync(Stop);
        Assert.True(repaired.IsConsistent);
        Assert.All(repaired.Findings, finding => Assert.True(finding.IsRepaired));
        Assert.Empty((await new StoreCheck(store, files).RunAsync(Stop)).Findings);
    }

    [Fact]
    public async Task What_the_present_owner_is_writing_is_no_litter()
    {
        var (store, files, claim) = await BeginAsync();
        var part = Path.Combine(files.FolderOf(claim.EpisodeId), ".part-0123456789ab-segment-000002.e1.mp4");
        await File.WriteAllTextAsync(part, "half", Stop);
        Assert.Empty((await new StoreCheck(store, files) { Repair = true }.RunAsync(Stop)).Findings);
        Assert.True(File.Exists(part));
    }

    [Fact]
    public async Task It_counts_what_it_has_seen()
    {
        var (store, files, _) = await BeginAsync();
        await store.PlanAsync(Plans.Sweep("more"), Plans.Episodes(450), Stop);
        var pages = new List<int>();
        var report = await new StoreCheck(store, files) { Progress = new Collector(pages) }.RunAsync(Stop);
        Assert.Equal((451, 454L, 4L, 4L), (report.Episodes, report.Events, report.Files, report.Frames));
        Assert.Equal([200, 400, 451], pages);
    }

    private async Task<(IEpisodeStore Store, EpisodeFiles Files, Claim Claim)> BeginAsync()
    {
        var store = await _home.OpenAsync();
        await store.PlanAsync(Plans.Sweep(), Plans.Episodes(1), Stop);
        var claim = await store.ClaimOneAsync(await store.RegisterAsync(Plans.Node("a"), Stop));
        var files = EpisodeFiles.Open(_folder.File("state"));
        var journal = new EpisodeJournal(store, files);
        await journal.CommitAsync(claim, Contents.Of(0), Stop);
        await journal.CommitAsync(claim, Contents.Of(1), Stop);
        return (store, files, claim);
    }

    private sealed class Collector(List<int> seen) : IProgress<int>
    {
        public void Report(int value) => seen.Add(value);
    }
}

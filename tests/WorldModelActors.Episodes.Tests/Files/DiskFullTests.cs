namespace WorldModelActors.Episodes.Tests;

/// <summary>A real file system that is full: a small tmpfs, where these tests may mount one.</summary>
public sealed class DiskFullTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string? _reason;

    public DiskFullTests()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            _reason = "a small tmpfs can only be mounted by root";
            return;
        }

        var (exit, _, error) = Shell.Run("mount", "-t", "tmpfs", "-o", "size=1m", "wma-test", _folder.Path);
        _reason = exit == 0 ? null : $"no tmpfs here: {error}";
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (_reason is null)
        {
            Shell.Run("umount", _folder.Path);
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Full_while_files_are_written_leaves_the_last_good_state()
    {
        Assert.SkipWhen(_reason is not null, _reason ?? "");
        await using var home = new SqliteHome();
        var store = await home.OpenAsync();
        await store.PlanAsync(Plans.Sweep(), Plans.Episodes(1), Stop);
        var node = await store.RegisterAsync(Plans.Node("a"), Stop);
        var claim = await store.ClaimOneAsync(node);
        var files = EpisodeFiles.Open(_folder.File("state"));
        var journal = new EpisodeJournal(store, files);
        await journal.CommitAsync(claim, Contents.Of(0), Stop);
        var before = files.Litter(claim.EpisodeId, []);

        var error = await Assert.ThrowsAsync<DiskFullException>(() => journal.CommitAsync(claim, Contents.Of(1, size: 1_000_000), Stop));
        Assert.True(error.IsTransient);
        Assert.Contains("no space is left", error.Message);
        Assert.Contains(files.FolderOf(claim.EpisodeId), error.Message);
        Assert.Equal(before, files.Litter(claim.EpisodeId, []));
        Assert.Empty((await new StoreCheck(store, files).RunAsync(Stop)).Findings);

        // With space it goes on.
        await journal.CommitAsync(claim, Contents.Of(1), Stop);
        Assert.Equal(2, (await store.FindAsync(claim.EpisodeId, Stop))!.Committed);
    }

    [Fact]
    public async Task Full_below_the_store_is_a_transient_error_and_the_store_stays_sound()
    {
        Assert.SkipWhen(_reason is not null, _reason ?? "");
        var options = new StoreOptions { Time = new ManualTime() };
        await using var store = await EpisodeStores.OpenAsync(new SqliteLocation(_folder.File("store.sqlite")), options, Stop);
        await store.PlanAsync(Plans.Sweep("small"), Plans.Episodes(3), Stop);

        var error = await Assert.ThrowsAsync<DiskFullException>(() => store.PlanAsync(Plans.Sweep("large"), Plans.Episodes(4000), Stop));
        Assert.Contains(_folder.Path, error.Message);

        var report = await new StoreCheck(store, null).RunAsync(Stop);
        Assert.Empty(report.Findings);
        Assert.InRange(report.Episodes, 3, 2003);
        Assert.Equal(3, (await store.ListAsync(EpisodeSelection.OfSweep(Plans.Sweep("small").Id), stop: Stop)).Count);
    }
}

using WorldModelActors.Torch;

namespace WorldModelActors.Episodes.Tests;

/// <summary>Files and store together: what survives what.</summary>
public sealed class EpisodeJournalTests : IAsyncDisposable
{
    private readonly SqliteHome _home = new();
    private readonly TemporaryFolder _folder = new();
    private EpisodeFiles? _files;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private EpisodeFiles Files => _files ??= EpisodeFiles.Open(_folder.File("state"));

    public async ValueTask DisposeAsync()
    {
        await _home.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_iteration_is_on_the_disk_when_it_is_committed()
    {
        var (store, journal, _, claim) = await BeginAsync();
        var commit = await journal.CommitAsync(claim, Contents.Of(0), Stop);

        Assert.Equal([StoredFileKind.Segment, StoredFileKind.Queue], commit.Files.Select(file => file.Kind));
        Assert.Equal(Contents.Segment(0), await File.ReadAllBytesAsync(Files.PathOf(claim.EpisodeId, commit.Files[0]), Stop));
        var queue = Assert.Single(Files.ReadQueue(claim.EpisodeId, commit.Files[1]));
        Assert.Equal(("images", ElementType.Float32), (queue.Name, queue.Type));
        Assert.Equal([2L, 5L], queue.Shape);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (float)i), queue.ToSingles());
        Assert.Equal(commit.Files, Assert.Single(await store.IterationsAsync(claim.EpisodeId, Stop)).Files);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task Files_and_folders_are_the_owners_alone()
    {
        var (_, journal, _, claim) = await BeginAsync();
        var commit = await journal.CommitAsync(claim, Contents.Of(0), Stop);
        Assert.All(commit.Files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Files.PathOf(claim.EpisodeId, file))));
        for (var folder = Files.FolderOf(claim.EpisodeId); folder != _folder.Path; folder = Path.GetDirectoryName(folder)!)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }
    }

    [Fact]
    public async Task The_last_two_checkpoints_and_all_segments_are_kept()
    {
        var (store, journal, _, claim) = await BeginAsync(iterations: 5);
        for (var i = 0; i < 4; i++)
        {
            await journal.CommitAsync(claim, Contents.Of(i), Stop);
        }

        Assert.Equal(
            [
                "queue-000002.e1.safetensors", "queue-000003.e1.safetensors",
                "segment-000000.e1.mp4", "segment-000001.e1.mp4", "segment-000002.e1.mp4", "segment-000003.e1.mp4",
            ],
            Names(claim));
        await ConsistentAsync(store);
    }

    [Theory]
    [InlineData("segment-000007.e3.mkv", 3)]
    [InlineData(".part-0123456789ab-segment-000007.e12.mkv", 12)]
    // The video writer has a temporary file of its own beside the one that it is told to write.
    [InlineData(".part-0123456789ab-segment-000007.e12.part.mkv", 12)]
    [InlineData("video.e4.mp4", 4)]
    [InlineData("notes.txt", null)]
    public void The_epoch_of_a_file_can_be_told_from_its_name_also_while_it_is_written(string name, int? epoch) =>
        Assert.Equal(epoch, EpisodeFiles.EpochOf(name));

    [Fact]
    public async Task An_owner_that_was_stopped_in_the_middle_because_it_lost_its_lease_leaves_nothing_behind()
    {
        var (store, journal, b, claim) = await BeginAsync();
        await journal.CommitAsync(claim, Contents.Of(0), Stop);
        // It wrote these and was stopped before it asked for the row.
        Files.WriteResult(claim, "video.mp4", path => File.WriteAllText(path, "results"));
        Files.WriteSegment(claim, 1, ".mkv", path => File.WriteAllText(path, "frames"));
        await File.WriteAllTextAsync(Path.Combine(Files.FolderOf(claim.EpisodeId), ".part-0123456789ab-segment-000002.e1.part.mkv"), "half", Stop);
        var next = await TakeOverAsync(store, b);
        var heirs = Files.WriteSegment(next, 1, ".mkv", path => File.WriteAllText(path, "frames"));

        await journal.ForsakeAsync(claim, Stop);

        // What is committed stays, and so does what the successor has in hand.
        Assert.Equal(["queue-000000.e1.safetensors", "segment-000000.e1.mp4", heirs.Name], Names(claim));
    }

    [Fact]
    public async Task A_new_owner_goes_on_after_the_last_commit()
    {
        var (store, journal, b, claim) = await BeginAsync();
        await journal.CommitAsync(claim, Contents.Of(0, frames: 3), Stop);
        await journal.CommitAsync(claim, Contents.Of(1), Stop);
        var next = await TakeOverAsync(store, b);

        var resume = await journal.ResumeAsync(next, Stop);
        Assert.Equal((2, 5L, null), (resume.Next, resume.Frames, resume.Damage));
        Assert.Equal(100f, Assert.Single(resume.Queue).ToSingles()[0]);
        Assert.Equal([0, 1], resume.Committed.Select(iteration => iteration.Iteration));

        await journal.CommitAsync(next, Contents.Of(2), Stop);
        await store.CompleteAsync(next, Plans.Result(), Stop);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task The_first_owner_begins_at_the_beginning()
    {
        var (_, journal, _, claim) = await BeginAsync();
        var resume = await journal.ResumeAsync(claim, Stop);
        Assert.Equal((0, 0L, null), (resume.Next, resume.Frames, resume.Damage));
        Assert.Empty(resume.Queue);
    }

    [Fact]
    public async Task What_a_dead_owner_left_unfinished_is_removed()
    {
        var (store, journal, b, claim) = await BeginAsync();
        await journal.CommitAsync(claim, Contents.Of(0), Stop);
        var folder = Files.FolderOf(claim.EpisodeId);
        await File.WriteAllTextAsync(Path.Combine(folder, ".part-0123456789ab-segment-000001.e1.mp4"), "half", Stop);
        Files.WriteSegment(claim, 1, ".mp4", path => File.WriteAllText(path, "renamed, never committed"));
        // A stranger's file, and one of an owner yet to come, are not this owner's business.
        await File.WriteAllTextAsync(Path.Combine(folder, "notes.txt"), "mine", Stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "segment-000001.e9.mp4"), "later", Stop);

        await journal.ResumeAsync(await TakeOverAsync(store, b), Stop);
        Assert.Equal(["notes.txt", "queue-000000.e1.safetensors", "segment-000000.e1.mp4", "segment-000001.e9.mp4"], Names(claim));
    }

    [Theory]
    [InlineData("queue-000002", true, 2)]
    [InlineData("queue-000002", false, 2)]
    [InlineData("segment-000002", true, 2)]
    [InlineData("segment-000000", false, 0)]
    public async Task A_torn_or_missing_file_costs_what_depends_on_it(string name, bool torn, int next)
    {
        var (store, journal, b, claim) = await BeginAsync(iterations: 4);
        for (var i = 0; i < 3; i++)
        {
            await journal.CommitAsync(claim, Contents.Of(i), Stop);
        }

        Damage(claim, name, torn);
        var report = await new StoreCheck(store, Files).RunAsync(Stop);
        Assert.Contains(name, Assert.Single(report.Findings).Message);

        var second = await TakeOverAsync(store, b);
        var resume = await journal.ResumeAsync(second, Stop);
        Assert.Equal((next, 2L * next), (resume.Next, resume.Frames));
        Assert.Contains(name, resume.Damage);
        Assert.Equal(next == 0 ? 0 : 1, resume.Queue.Count);
        await ConsistentAsync(store);

        for (var i = next; i < 4; i++)
        {
            await journal.CommitAsync(second, Contents.Of(i), Stop);
        }

        await store.CompleteAsync(second, Plans.Result(), Stop);
        Assert.Equal(Enumerable.Range(0, 4), (await store.IterationsAsync(claim.EpisodeId, Stop)).Select(iteration => iteration.Iteration));
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task Without_any_checkpoint_it_begins_again()
    {
        var (store, journal, b, claim) = await BeginAsync(iterations: 4);
        for (var i = 0; i < 3; i++)
        {
            await journal.CommitAsync(claim, Contents.Of(i), Stop);
        }

        Damage(claim, "queue-000001", torn: true);
        Damage(claim, "queue-000002", torn: false);
        var second = await TakeOverAsync(store, b);
        Assert.Equal(0, (await journal.ResumeAsync(second, Stop)).Next);
        Assert.Empty(Names(claim));
        await journal.CommitAsync(second, Contents.Of(0), Stop);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_stale_owner_neither_harms_nor_leaves_files()
    {
        var (store, journal, b, stale) = await BeginAsync();
        await journal.CommitAsync(stale, Contents.Of(0), Stop);
        var owner = await TakeOverAsync(store, b);
        await journal.ResumeAsync(owner, Stop);
        await journal.CommitAsync(owner, Contents.Of(1, size: 50), Stop);

        // It wakes up and writes the same iteration, with other content.
        await Assert.ThrowsAsync<LeaseLostException>(() => journal.CommitAsync(stale, Contents.Of(1, size: 60), Stop));

        Assert.DoesNotContain("segment-000001.e1.mp4", Names(stale));
        Assert.Equal(Contents.Segment(1, 50), await File.ReadAllBytesAsync(Path.Combine(Files.FolderOf(owner.EpisodeId), "segment-000001.e2.mp4"), Stop));
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_stale_owner_does_not_prune_its_successors_checkpoints()
    {
        var (store, journal, b, stale) = await BeginAsync(iterations: 6);
        for (var i = 0; i < 3; i++)
        {
            await journal.CommitAsync(stale, Contents.Of(i), Stop);
        }

        // It stops between its commit and its pruning; its successor has to begin again.
        Assert.NotNull(Files);
        await store.CommitIterationAsync(stale, Plans.Commit(3), Stop);
        var owner = await TakeOverAsync(store, b);
        await store.RewindAsync(owner, 0, "damage", Stop);
        await journal.CommitAsync(owner, Contents.Of(0), Stop);
        await journal.CommitAsync(owner, Contents.Of(1), Stop);
        await Assert.ThrowsAsync<LeaseLostException>(() => journal.CommitAsync(stale, Contents.Of(4), Stop));
        Assert.Contains("queue-000000.e2.safetensors", Names(owner));
        Assert.Contains("queue-000001.e2.safetensors", Names(owner));
    }

    [Fact]
    public async Task Completing_leaves_the_results()
    {
        var (store, journal, _, claim) = await BeginAsync(iterations: 2);
        await journal.CommitAsync(claim, Contents.Of(0), Stop);
        await journal.CommitAsync(claim, Contents.Of(1), Stop);
        var video = Files.WriteResult(claim, "video.mp4", path => File.WriteAllText(path, "0;1;"));
        await journal.CompleteAsync(claim, new EpisodeResultFiles([video], []), keepSegments: false, Stop);
        Assert.Equal(["video.e1.mp4"], Names(claim));
        await ConsistentAsync(store);

        await File.AppendAllTextAsync(Files.PathOf(claim.EpisodeId, video), "x", Stop);
        Assert.Contains("instead of", Assert.Single((await new StoreCheck(store, Files).RunAsync(Stop)).Findings).Message);
    }

    [Fact]
    public async Task Segments_stay_where_they_are_wanted()
    {
        var (store, journal, _, claim) = await BeginAsync(iterations: 1);
        await journal.CommitAsync(claim, Contents.Of(0), Stop);
        await journal.CompleteAsync(claim, Plans.Result(), keepSegments: true, Stop);
        Assert.Equal(["segment-000000.e1.mp4"], Names(claim));
    }

    [Fact]
    public async Task A_writer_that_fails_leaves_nothing_behind()
    {
        var (store, journal, _, claim) = await BeginAsync();
        await journal.CommitAsync(claim, Contents.Of(0), Stop);
        var broken = Contents.Of(1) with
        {
            WriteSegment = path =>
            {
                File.WriteAllText(path, "half");
                throw new IOException("the encoder broke");
            },
        };
        var error = await Assert.ThrowsAsync<StoreException>(() => journal.CommitAsync(claim, broken, Stop));
        Assert.False(error.IsTransient);
        Assert.Contains("the encoder broke", error.Message);
        Assert.Equal(["queue-000000.e1.safetensors", "segment-000000.e1.mp4"], Names(claim));
        await journal.CommitAsync(claim, Contents.Of(1), Stop);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_name_in_the_journal_cannot_lead_out_of_the_folder()
    {
        var (_, _, _, claim) = await BeginAsync();
        foreach (var name in new[] { "../../store.sqlite", "/etc/passwd", "..", "" })
        {
            Assert.Throws<StoreException>(() => Files.PathOf(claim.EpisodeId, new StoredFile(StoredFileKind.Segment, name, 1, "")));
        }

        Assert.Throws<StoreException>(() => Files.FolderOf("../x"));
    }

    private async Task<(IEpisodeStore Store, EpisodeJournal Journal, NodeId Other, Claim Claim)> BeginAsync(int iterations = 3)
    {
        var store = await _home.OpenAsync();
        await store.PlanAsync(Plans.Sweep(), Plans.Episodes(1, iterations), Stop);
        var claim = await store.ClaimOneAsync(await store.RegisterAsync(Plans.Node("a"), Stop));
        return (store, new EpisodeJournal(store, Files), await store.RegisterAsync(Plans.Node("b"), Stop), claim);
    }

    private async Task<Claim> TakeOverAsync(IEpisodeStore store, NodeId node)
    {
        await _home.AdvanceAsync(Plans.Lease);
        return await store.ClaimOneAsync(node);
    }

    private IReadOnlyList<string> Names(Claim claim) => Files.Litter(claim.EpisodeId, []);

    private void Damage(Claim claim, string name, bool torn)
    {
        var path = Directory.GetFiles(Files.FolderOf(claim.EpisodeId), name + "*").Single();
        if (torn)
        {
            using var file = File.OpenWrite(path);
            file.SetLength(file.Length / 2);
            // Torn writes often leave the length and lose the content.
            file.SetLength(file.Length * 2);
        }
        else
        {
            File.Delete(path);
        }
    }

    private async Task ConsistentAsync(IEpisodeStore store) => Assert.Empty((await new StoreCheck(store, Files).RunAsync(Stop)).Findings);
}

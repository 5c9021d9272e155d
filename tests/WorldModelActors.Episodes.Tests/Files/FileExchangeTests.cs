namespace WorldModelActors.Episodes.Tests;

/// <summary>Two state folders and one store: a resume in the second fetches what it needs from the first.</summary>
public sealed class FileExchangeTests : IAsyncDisposable
{
    private readonly SqliteHome _home = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _home.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_resume_fetches_segments_and_the_kept_checkpoints_from_who_wrote_them()
    {
        var (store, claim, there, here) = await CommittedAsync(3);
        var exchange = new FolderExchange(there);

        var resume = await new EpisodeJournal(store, here, null, exchange).ResumeAsync(claim, Stop);

        Assert.Equal((3, null), (resume.Next, resume.Damage));
        Assert.Equal(
            ["queue-000001.e1.safetensors", "queue-000002.e1.safetensors", "segment-000000.e1.mp4", "segment-000001.e1.mp4", "segment-000002.e1.mp4"],
            exchange.Asked.Select(asked => asked.Name).Order());
        Assert.All(exchange.Asked, asked => Assert.Equal("a", asked.Writer));
        Assert.Equal(Contents.Segment(1), await File.ReadAllBytesAsync(Path.Combine(here.FolderOf(claim.EpisodeId), "segment-000001.e1.mp4"), Stop));
        // Nothing is fetched twice.
        await new EpisodeJournal(store, here, null, exchange).ResumeAsync(claim, Stop);
        Assert.Equal(5, exchange.Asked.Count);
    }

    [Fact]
    public async Task What_nobody_has_or_comes_otherwise_than_the_journal_says_is_missing()
    {
        var (store, claim, there, here) = await CommittedAsync(3);
        File.Delete(Path.Combine(there.FolderOf(claim.EpisodeId), "segment-000002.e1.mp4"));
        var liar = Path.Combine(there.FolderOf(claim.EpisodeId), "queue-000001.e1.safetensors");
        await File.WriteAllTextAsync(liar, "something else", Stop);

        var resume = await new EpisodeJournal(store, here, null, new FolderExchange(there)).ResumeAsync(claim, Stop);

        Assert.Equal(0, resume.Next);
        Assert.Contains("segment-000002", resume.Damage);
        Assert.DoesNotContain(Directory.EnumerateFiles(here.FolderOf(claim.EpisodeId)), path => Path.GetFileName(path).StartsWith(".part-", StringComparison.Ordinal) || path.EndsWith("queue-000001.e1.safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_finished_files_of_episodes_are_handed_out()
    {
        var (_, claim, there, _) = await CommittedAsync(1);
        var folder = there.FolderOf(claim.EpisodeId);
        await File.WriteAllTextAsync(Path.Combine(folder, ".part-0123456789ab-segment-000001.e1.mp4"), "half", Stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "notes.txt"), "mine", Stop);
        await File.WriteAllTextAsync(Path.Combine(there.Root, "secret.e1.txt"), "secret", Stop);

        await using var good = there.OpenRead(claim.EpisodeId, "segment-000000.e1.mp4");
        Assert.NotNull(good);
        foreach (var (episode, name) in new[]
        {
            (claim.EpisodeId, ".part-0123456789ab-segment-000001.e1.mp4"), (claim.EpisodeId, "notes.txt"), (claim.EpisodeId, "segment-000009.e1.mp4"),
            (claim.EpisodeId, "../../../secret.e1.txt"), ("..", "secret.e1.txt"), ("", "secret.e1.txt"), (new string('0', 32), "segment-000000.e1.mp4"),
        })
        {
            Assert.Null(there.OpenRead(episode, name));
        }
    }

    /// <summary>Iterations that node a committed into a folder of its own, and node b's claim after it.</summary>
    private async Task<(IEpisodeStore Store, Claim Claim, EpisodeFiles There, EpisodeFiles Here)> CommittedAsync(int iterations)
    {
        var store = await _home.OpenAsync();
        await store.PlanAsync(Plans.Sweep(), Plans.Episodes(1, 5), Stop);
        var (there, here) = (EpisodeFiles.Open(_folder.File("there")), EpisodeFiles.Open(_folder.File("here")));
        var first = await store.ClaimOneAsync(await store.RegisterAsync(Plans.Node("a"), Stop));
        var journal = new EpisodeJournal(store, there);
        for (var i = 0; i < iterations; i++)
        {
            await journal.CommitAsync(first, Contents.Of(i), Stop);
        }

        await store.ReleaseAsync(first, Stop);
        return (store, await store.ClaimOneAsync(await store.RegisterAsync(Plans.Node("b") with { Exchange = new Uri("http://127.0.0.1:1/") }, Stop)), there, here);
    }

    private sealed class FolderExchange(EpisodeFiles there) : IFileExchange
    {
        public List<(string Name, string? Writer)> Asked { get; } = [];

        public async Task<bool> FetchAsync(string episodeId, StoredFile file, string? writer, Stream target, CancellationToken stop)
        {
            Asked.Add((file.Name, writer));
            if (there.OpenRead(episodeId, file.Name) is not { } source)
            {
                return false;
            }

            await using (source)
            {
                await source.CopyToAsync(target, stop);
            }

            return true;
        }
    }
}

using System.Text.Json.Nodes;
using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability.Tests;

/// <summary>The checker sees what it is there for: each kind of damage, made on purpose.</summary>
public sealed class InvariantsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_as_it_should_be_has_no_violations()
    {
        await using var store = await ConstructedStore.MakeAsync(2, Stop);
        await store.CompleteOneAsync(10, Stop);
        await store.CompleteOneAsync(90, Stop);

        var verdict = await JudgeAsync(store, UndisturbedRun.Of(store.Place.Files, await store.Place.DossiersAsync(Stop)));

        Assert.Empty(verdict.Violations);
        Assert.Equal((2, 2, 0, 0, 2), (verdict.Episodes, verdict.Completed, verdict.Lost, verdict.Doubled, verdict.Equal));
    }

    [Fact]
    public async Task Other_frames_and_other_actions_than_undisturbed_are_seen()
    {
        await using var undisturbed = await ConstructedStore.MakeAsync(2, Stop);
        await undisturbed.CompleteOneAsync(10, Stop);
        await undisturbed.CompleteOneAsync(90, Stop);
        await using var store = await ConstructedStore.MakeAsync(2, Stop);
        await store.CompleteOneAsync(10, Stop);
        await store.CompleteOneAsync(95, Stop);

        var verdict = await JudgeAsync(store, UndisturbedRun.Of(undisturbed.Place.Files, await undisturbed.Place.DossiersAsync(Stop)));

        Assert.Equal((2, 1), (verdict.Completed, verdict.Equal));
        Assert.Collection(
            verdict.Violations,
            it => Assert.Contains("frames 0, 1, 2, 3, 4, 5 are not those", it),
            it => Assert.Contains("tensor action", it),
            it => Assert.Contains("other bytes", it));
    }

    [Fact]
    public async Task An_episode_that_never_ended_its_lease_and_its_owner_are_seen()
    {
        await using var store = await ConstructedStore.MakeAsync(2, Stop);
        await store.CompleteOneAsync(10, Stop);
        await store.CommitAsync(await store.ClaimAsync(Stop), 0, Stop);

        var verdict = await JudgeAsync(store, null);

        Assert.Equal((2, 1, 1), (verdict.Episodes, verdict.Completed, verdict.Lost));
        Assert.Contains(verdict.Violations, it => it.Contains("is Running", StringComparison.Ordinal));
        Assert.Contains(verdict.Violations, it => it.Contains("node by hand has a lease", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Half_written_files_and_damaged_results_are_seen()
    {
        await using var store = await ConstructedStore.MakeAsync(2, Stop);
        var first = await store.CompleteOneAsync(10, Stop);
        var second = await store.CompleteOneAsync(20, Stop);
        await File.WriteAllTextAsync(Path.Combine(store.Place.Files.FolderOf(first.EpisodeId), ".part-0123456789ab-segment-000001.e1.part.mkv"), "half", Stop);
        FileDamage.Corrupt(Path.Combine(store.Place.Files.FolderOf(second.EpisodeId), "trajectory.e1.safetensors"));

        var verdict = await JudgeAsync(store, null);

        Assert.Contains(verdict.Violations, it => it.StartsWith("a half written file is left", StringComparison.Ordinal));
        Assert.Contains(verdict.Violations, it => it.Contains("belongs to no iteration", StringComparison.Ordinal));
        Assert.Contains(verdict.Violations, it => it.Contains("another checksum", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_video_with_a_frame_twice_is_seen_also_without_anything_to_compare_with()
    {
        await using var store = await ConstructedStore.MakeAsync(1, Stop);
        var claim = await store.ClaimAsync(Stop);
        await store.CommitAsync(claim, 0, Stop);
        await store.CommitAsync(claim, 1, Stop);
        var video = store.Place.Files.WriteResult(claim, "video.mp4", path => ConstructedStore.WriteVideo(path, (ConstructedStore.Frames * ConstructedStore.Iterations) + 1, 10));
        var trajectory = store.Place.Files.WriteResult(claim, "trajectory.safetensors", path => ConstructedStore.WriteTrajectory(path, 10));
        await new EpisodeJournal(store.Place.Journal, store.Place.Files).CompleteAsync(claim, new EpisodeResultFiles([video, trajectory], new JsonObject()), false, Stop);

        var verdict = await JudgeAsync(store, null);

        Assert.Contains("the video has 7 frames instead of 6", Assert.Single(verdict.Violations));
    }

    private static Task<Verdict> JudgeAsync(ConstructedStore store, UndisturbedRun? undisturbed) =>
        new Invariants(store.Place, undisturbed) { FramesPerIteration = ConstructedStore.Frames }.CheckAsync(Stop);
}

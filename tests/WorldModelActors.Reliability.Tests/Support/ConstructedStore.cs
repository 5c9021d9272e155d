using System.Text.Json.Nodes;
using WorldModelActors.Episodes;
using WorldModelActors.Media;
using WorldModelActors.Torch;

namespace WorldModelActors.Reliability.Tests;

/// <summary>A store with completed episodes whose results were made by hand: no model, no node.</summary>
internal sealed class ConstructedStore : IAsyncDisposable
{
    public const int Frames = 3;
    public const int Iterations = 2;

    private readonly ScratchFolder _folder;

    private ConstructedStore(ScratchFolder folder) => _folder = folder;

    public required Workplace Place { get; init; }

    public required NodeId Node { get; init; }

    /// <summary>Makes one with this many episodes that nobody has begun.</summary>
    public static async Task<ConstructedStore> MakeAsync(int episodes, CancellationToken stop)
    {
        var folder = new ScratchFolder();
        var place = await Workplace.OpenAsync(folder["store.sqlite"], folder["state"], stop);
        await place.Journal.PlanAsync(
            new SweepPlan("by hand", []), [.. Enumerable.Range(0, episodes).Select(i => new PlannedEpisode($"episode {i}", new JsonObject { ["seed"] = i }, Iterations))], stop);
        return new ConstructedStore(folder) { Place = place, Node = await place.Journal.RegisterAsync(new NodeDescription("by hand", ["cpu"], 1, 1 << 30), stop) };
    }

    /// <summary>The next claim.</summary>
    public async Task<Claim> ClaimAsync(CancellationToken stop) =>
        Assert.Single(await Place.Journal.ClaimAsync(new ClaimRequest(Node, 1, TimeSpan.FromMinutes(10)), stop));

    /// <summary>Claims an episode and does all of it.</summary>
    /// <param name="shade">Colour of the frames.</param>
    /// <param name="stop">Stops waiting.</param>
    public async Task<Claim> CompleteOneAsync(byte shade, CancellationToken stop)
    {
        var claim = await ClaimAsync(stop);
        for (var i = 0; i < Iterations; i++)
        {
            await CommitAsync(claim, i, stop);
        }

        var results = new[]
        {
            Place.Files.WriteResult(claim, "video.mp4", path => WriteVideo(path, Frames * Iterations, shade)),
            Place.Files.WriteResult(claim, "trajectory.safetensors", path => WriteTrajectory(path, shade)),
        };
        await new EpisodeJournal(Place.Journal, Place.Files).CompleteAsync(claim, new EpisodeResultFiles(results, []), keepSegments: false, stop);
        return claim;
    }

    public Task CommitAsync(Claim claim, int iteration, CancellationToken stop) => new EpisodeJournal(Place.Journal, Place.Files).CommitAsync(
        claim,
        new IterationContent(
            iteration,
            [NamedArray.Of("images", [1], [iteration])],
            ".mkv",
            path => File.WriteAllText(path, $"frames of iteration {iteration}"),
            new TrajectoryRows(1, new float[Frames], new float[Frames]),
            []),
        stop);

    /// <summary>Writes a video of one colour.</summary>
    public static void WriteVideo(string path, int frames, byte shade)
    {
        using var writer = VideoWriter.Create(path, 64, 64, 10);
        for (var i = 0; i < frames; i++)
        {
            using var frame = Image.Rent(64, 64);
            frame.Pixels.Fill((byte)(shade + (20 * i)));
            writer.Append(frame);
        }

        writer.Complete();
    }

    public async ValueTask DisposeAsync()
    {
        await Place.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Writes a trajectory of one number.</summary>
    public static void WriteTrajectory(string path, byte shade)
    {
        using var stream = File.Create(path);
        new SafetensorsWriter().Add("action", [1], new float[] { shade }).Write(stream);
    }
}

using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes.Tests;

/// <summary>
/// Commits small iterations, as many as it is let, and ends as a test says. It does with drain and stop what a real worker does.
/// </summary>
internal sealed class ScriptedWorker : IEpisodeWorker
{
    private readonly SemaphoreSlim _iterations = new(0);
    private int _running;

    /// <summary>Episodes that it is working on.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Most episodes that it worked on at a time.</summary>
    public int MostRunning { get; private set; }

    /// <summary>Iterations made, by episode.</summary>
    public ConcurrentQueue<(string Episode, int Iteration, long Epoch)> Made { get; } = [];

    /// <summary>Called before each iteration; what it throws is what the worker throws.</summary>
    public Action<EpisodeAssignment, int> Before { get; init; } = (_, _) => { };

    /// <summary>Allows so many further iterations, of any episode.</summary>
    public void Allow(int iterations) => _iterations.Release(iterations);

    /// <inheritdoc/>
    public async Task<EpisodeResultFiles?> RunAsync(EpisodeAssignment assignment, CancellationToken stop)
    {
        var running = Interlocked.Increment(ref _running);
        lock (Made)
        {
            MostRunning = Math.Max(MostRunning, running);
        }

        try
        {
            for (var i = assignment.Point.Next; i < assignment.Claim.Iterations; i++)
            {
                using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, assignment.Drain);
                try
                {
                    await _iterations.WaitAsync(end.Token);
                }
                catch (OperationCanceledException) when (!stop.IsCancellationRequested)
                {
                    return null;
                }

                Before(assignment, i);
                await assignment.Journal.CommitAsync(assignment.Claim, Contents.Of(i), stop);
                Made.Enqueue((assignment.Claim.EpisodeId, i, assignment.Claim.Epoch));
            }

            var video = assignment.Files.WriteResult(assignment.Claim, "video.mp4", path => File.WriteAllBytes(path, Contents.Segment(99)));
            return new EpisodeResultFiles([video], new JsonObject { ["frames"] = 2 * assignment.Claim.Iterations });
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}

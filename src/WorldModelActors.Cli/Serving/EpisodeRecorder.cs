using System.Runtime.ExceptionServices;
using System.Text.Json.Nodes;
using WorldModelActors.Episodes;
using WorldModelActors.Media;
using WorldModelActors.Rollout;

namespace WorldModelActors.Cli;

/// <summary>
/// Stands between a running episode and its durable journal: collects the frames and times of each iteration until it is committed, and
/// stops the episode where it is to be given back.
/// </summary>
/// <param name="assignment">The episode.</param>
/// <param name="plan">How it runs.</param>
/// <param name="fps">Frames per second of the segments.</param>
/// <param name="run">Cancelled when the episode is to stop.</param>
/// <param name="time">The clock.</param>
internal sealed class EpisodeRecorder(EpisodeAssignment assignment, EpisodePlan plan, double fps, CancellationTokenSource run, TimeProvider time)
    : IFrameSink, IEpisodeJournal
{
    /// <summary>Lossless, so that the final video is encoded once, from the very frames.</summary>
    private const string SegmentCodec = "FFV1";
    private const string SegmentExtension = ".mkv";

    private readonly Lock _lock = new();
    private readonly Queue<Image> _frames = [];
    private readonly Dictionary<int, (PhaseTimes Times, TimeSpan Elapsed)> _times = [];
    private readonly List<IterationCommit> _commits = [];
    private long _since = time.GetTimestamp();
    private int _next = assignment.Point.Next;
    private int _inHand = -1;
    private int? _last;
    private ExceptionDispatchInfo? _failure;

    /// <summary>What was committed here, in order.</summary>
    public IReadOnlyList<IterationCommit> Commits => _commits;

    /// <summary>The iteration in hand is the last one: after its commit the episode stops.</summary>
    public void Drain()
    {
        bool isIdle;
        lock (_lock)
        {
            _last = _inHand;
            isIdle = _inHand < _next;
        }

        if (isIdle)
        {
            Stop();
        }
    }

    public void IterationStarted(int iteration)
    {
        lock (_lock)
        {
            _inHand = iteration;
        }
    }

    public void IterationCompleted(int iteration, PhaseTimes times)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _times[iteration] = (times, time.GetElapsedTime(_since, now));
            _since = now;
        }
    }

    /// <summary>Throws what made the episode stop, where it was the journal.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    /// <inheritdoc/>
    public void Append(FrameTrack track, Image frame)
    {
        if (track != FrameTrack.World)
        {
            return;
        }

        var copy = Image.Rent(frame.Height, frame.Width);
        frame.Pixels.CopyTo(copy.Pixels);
        lock (_lock)
        {
            _frames.Enqueue(copy);
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <inheritdoc/>
    public async Task CommitAsync(EpisodeCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var iteration = checkpoint.Iteration - 1;
        if (iteration < _next)
        {
            // The episode was started anew in memory and makes again what is committed.
            return;
        }

        try
        {
            var commit = await assignment.Journal.CommitAsync(assignment.Claim, Content(iteration, checkpoint), cancellationToken).ConfigureAwait(false);
            _commits.Add(commit);
        }
        catch (Exception failure) when (failure is LeaseLostException or DiskFullException)
        {
            // Trying again is for nothing here; the one who gave the assignment knows what to do.
            _failure = ExceptionDispatchInfo.Capture(failure);
            throw new RolloutException(failure.Message, failure);
        }

        bool isLast;
        lock (_lock)
        {
            for (var i = 0; i < plan.ExecuteSteps; i++)
            {
                _frames.Dequeue().Dispose();
            }

            _times.Remove(iteration);
            _next = iteration + 1;
            isLast = iteration >= _last;
        }

        if (isLast)
        {
            Stop();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            while (_frames.TryDequeue(out var frame))
            {
                frame.Dispose();
            }
        }
    }

    private void Stop()
    {
        try
        {
            run.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself meanwhile.
        }
    }

    private IterationContent Content(int iteration, EpisodeCheckpoint checkpoint)
    {
        var (actions, states) = checkpoint.ReadLastRows();
        var width = actions.Length / plan.ExecuteSteps;
        return new IterationContent(
            iteration, ObservationArrays.Write(checkpoint.ReadQueues(), width), SegmentExtension, WriteSegment, new TrajectoryRows(width, actions, states), Counters(iteration));
    }

    private void WriteSegment(string path)
    {
        Image[] frames;
        lock (_lock)
        {
            frames = [.. _frames.Take(plan.ExecuteSteps)];
        }

        using var writer = VideoWriter.Create(path, frames[0].Height, frames[0].Width, fps, SegmentCodec);
        foreach (var frame in frames)
        {
            writer.Append(frame);
        }

        writer.Complete();
    }

    private JsonObject Counters(int iteration)
    {
        lock (_lock)
        {
            var (times, elapsed) = _times.GetValueOrDefault(iteration, (new PhaseTimes(), TimeSpan.Zero));
            return IterationTimes.ToJson(elapsed, times);
        }
    }
}

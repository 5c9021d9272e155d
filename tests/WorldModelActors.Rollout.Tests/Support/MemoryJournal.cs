namespace WorldModelActors.Rollout.Tests;

/// <summary>Keeps what it is given.</summary>
internal sealed class MemoryJournal : IEpisodeJournal
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, TaskCompletionSource> _waiting = [];
    private readonly HashSet<int> _offered = [];
    private int _now;

    /// <summary>Each commit takes one; null: none is needed.</summary>
    public SemaphoreSlim? BeforeCommit { get; init; }

    /// <summary>Commits that fail before one succeeds.</summary>
    public int Failures { get; set; }

    /// <summary>Every iteration is refused when it is offered for the first time.</summary>
    public bool RefusesFirst { get; init; }

    public MemorySink? Sink { get; set; }

    public List<EpisodeSnapshot> Snapshots { get; } = [];

    /// <summary>Frames in the video at each commit.</summary>
    public List<int> WrittenThen { get; } = [];

    public int MostAtATime { get; private set; }

    public async Task CommitAsync(EpisodeCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        MostAtATime = Math.Max(MostAtATime, Interlocked.Increment(ref _now));
        try
        {
            if (BeforeCommit is { } gate)
                await gate.WaitAsync(cancellationToken);
            if (Failures > 0)
            {
                Failures--;
                throw new IOException("no space");
            }
            if (RefusesFirst && _offered.Add(checkpoint.Iteration))
                throw new IOException("busy");
            lock (_lock)
            {
                Snapshots.Add(checkpoint.Read());
                WrittenThen.Add(Sink?.Frames.Count ?? 0);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _now);
        }
        lock (_lock)
        {
            foreach (var (count, source) in _waiting)
            {
                if (Snapshots.Count >= count)
                    source.TrySetResult();
            }
        }
    }

    public Task WhenTaken(int checkpoints)
    {
        lock (_lock)
        {
            if (Snapshots.Count >= checkpoints)
                return Task.CompletedTask;
            return (_waiting[checkpoints] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}

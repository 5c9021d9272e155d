namespace WorldModelActors.Episodes;

/// <summary>An episode that a node works on.</summary>
/// <param name="claim">The ownership.</param>
/// <param name="drain">The node drains.</param>
/// <param name="stopNow">The node ends at once.</param>
internal sealed class HeldEpisode(Claim claim, CancellationToken drain, CancellationToken stopNow) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stopNow);
    private readonly CancellationTokenSource _drain = CancellationTokenSource.CreateLinkedTokenSource(drain);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Claim Claim { get; } = claim;

    /// <summary>Cancelled when its work is to end at once.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Cancelled when its iteration in hand is to be the last.</summary>
    public CancellationToken Drained => _drain.Token;

    /// <summary>A heart-beat has found that the lease is gone.</summary>
    public bool IsLost { get; private set; }

    /// <summary>The work on it.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>Ends when the node has nothing to do with it any more.</summary>
    public Task Over => _over.Task;

    /// <summary>The lease is gone: whatever is under way is for nothing.</summary>
    public void Lose()
    {
        IsLost = true;
        // What hangs on the token runs its own code; it must not hold up the heart-beats of the others.
        _ = _stop.CancelAsync();
    }

    /// <summary>Asks for it to be given back after the iteration in hand.</summary>
    public void Drain()
    {
        try
        {
            _ = _drain.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself meanwhile.
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _drain.Dispose();
        _over.TrySetResult();
    }
}

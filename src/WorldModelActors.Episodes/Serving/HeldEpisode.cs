namespace WorldModelActors.Episodes;

/// <summary>An episode that a node works on.</summary>
internal sealed class HeldEpisode(Claim claim, CancellationToken stopNow) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stopNow);

    public Claim Claim { get; } = claim;

    /// <summary>Cancelled when its work is to end at once.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>A heart-beat has found that the lease is gone.</summary>
    public bool IsLost { get; private set; }

    /// <summary>The work on it.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>The lease is gone: whatever is under way is for nothing.</summary>
    public void Lose()
    {
        IsLost = true;
        // What hangs on the token runs its own code; it must not hold up the heart-beats of the others.
        _ = _stop.CancelAsync();
    }

    public void Dispose() => _stop.Dispose();
}

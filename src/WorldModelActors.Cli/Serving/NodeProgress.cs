using WorldModelActors.Episodes;

namespace WorldModelActors.Cli;

/// <summary>Where a node and its store stand: the episodes that run here, and how much of all is done, wherever.</summary>
/// <param name="here">The episodes of this process.</param>
internal sealed class NodeProgress(RolloutProgress here) : INodeObserver, IRunProgress
{
    private volatile StoreSummary? _summary;
    private int _completed;
    private int _failed;

    /// <inheritdoc/>
    public event Action<string>? Noted;

    /// <summary>Episodes that were completed here.</summary>
    public int CompletedHere => Volatile.Read(ref _completed);

    /// <summary>Episodes that failed here and are not tried again.</summary>
    public int FailedHere => Volatile.Read(ref _failed);

    /// <summary>How much of all is done.</summary>
    public void Update(StoreSummary summary) => _summary = summary;

    /// <summary>Passes on what the actors note.</summary>
    public void Listen() => here.Noted += line => Noted?.Invoke(line);

    /// <inheritdoc/>
    public ProgressSnapshot Snapshot()
    {
        var now = here.Snapshot();
        if (_summary is not { } summary)
        {
            return now;
        }

        var iterations = summary.Sweeps.Sum(sweep => sweep.Iterations);
        return now with
        {
            Episodes = summary.Sweeps.Sum(sweep => sweep.Count),
            Ended = summary.Sweeps.Sum(sweep => sweep.Ended),
            Fraction = iterations > 0 ? (double)summary.Sweeps.Sum(sweep => sweep.Committed) / iterations : 0,
            Remaining = summary.Remaining,
        };
    }

    /// <inheritdoc/>
    public void Claimed(Claim claim) => Noted?.Invoke(
        $"{claim.Name}: {(claim.TakenOver ? "taken over" : "claimed")}, epoch {claim.Epoch}"
        + (claim.Committed > 0 ? $", goes on at iteration {claim.Committed + 1}/{claim.Iterations}" : ""));

    /// <inheritdoc/>
    public void Rewound(Claim claim, ResumePoint point) => Noted?.Invoke($"{claim.Name}: {point.Damage}; goes on at iteration {point.Next + 1}");

    /// <inheritdoc/>
    public void Ended(Claim claim, ServiceOutcome outcome, string? cause)
    {
        if (outcome == ServiceOutcome.Completed)
        {
            Interlocked.Increment(ref _completed);
        }
        else if (outcome == ServiceOutcome.Failed)
        {
            Interlocked.Increment(ref _failed);
        }

        Noted?.Invoke($"{claim.Name}: {NameOf(outcome)}{(cause is null ? "" : $" ({UserErrors.OneLine(cause)})")}");
    }

    void INodeObserver.Noted(string line) => Noted?.Invoke(line);

    private static string NameOf(ServiceOutcome outcome) => outcome switch
    {
        ServiceOutcome.Completed => "completed",
        ServiceOutcome.Released => "given back",
        ServiceOutcome.Lost => "lost to another owner, or cancelled",
        ServiceOutcome.Failed => "failed",
        _ => "abandoned; its lease runs out by itself",
    };
}

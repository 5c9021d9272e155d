namespace WorldModelActors.Episodes;

/// <summary>Tells several observers what a node does.</summary>
internal sealed class NodeObservers(IReadOnlyList<INodeObserver> observers) : INodeObserver
{
    /// <inheritdoc/>
    public void Claimed(Claim claim) => Each(observer => observer.Claimed(claim));

    /// <inheritdoc/>
    public void Rewound(Claim claim, ResumePoint point) => Each(observer => observer.Rewound(claim, point));

    /// <inheritdoc/>
    public void Ended(Claim claim, ServiceOutcome outcome, string? cause) => Each(observer => observer.Ended(claim, outcome, cause));

    /// <inheritdoc/>
    public void Noted(string line) => Each(observer => observer.Noted(line));

    private void Each(Action<INodeObserver> tell)
    {
        foreach (var observer in observers)
        {
            tell(observer);
        }
    }
}

namespace WorldModelActors.Episodes;

/// <summary>How a node's work on an episode ended.</summary>
public enum ServiceOutcome
{
    /// <summary>Every iteration is committed and the results are there.</summary>
    Completed,

    /// <summary>Given back: the node drains.</summary>
    Released,

    /// <summary>Another node took over, or the episode was cancelled.</summary>
    Lost,

    /// <summary>Failed; the store says whether it is tried again.</summary>
    Failed,

    /// <summary>The store did not answer: the lease runs out by itself.</summary>
    Abandoned,
}

/// <summary>Sees what a node does. Called from any thread; does not throw.</summary>
public interface INodeObserver
{
    /// <summary>The node owns an episode now.</summary>
    void Claimed(Claim claim)
    {
    }

    /// <summary>An episode goes on behind iterations that were given up, because their files are damaged.</summary>
    void Rewound(Claim claim, ResumePoint point)
    {
    }

    /// <summary>The node's work on an episode has ended.</summary>
    void Ended(Claim claim, ServiceOutcome outcome, string? cause)
    {
    }

    /// <summary>Something worth a line.</summary>
    void Noted(string line)
    {
    }
}

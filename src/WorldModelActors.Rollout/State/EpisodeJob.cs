namespace WorldModelActors.Rollout;

/// <summary>One episode to run, with its outcome.</summary>
/// <param name="Request">What to run and with what.</param>
internal sealed record EpisodeJob(EpisodeRequest Request)
{
    private volatile bool _cancelled;

    public EpisodePlan Plan => Request.Plan;

    /// <summary>Stop was asked for; an incarnation that begins later sees it too.</summary>
    public bool IsCancelled => _cancelled;

    /// <summary>Completes when the episode has ended, however it ended.</summary>
    public TaskCompletionSource<EpisodeResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Cancel() => _cancelled = true;
}

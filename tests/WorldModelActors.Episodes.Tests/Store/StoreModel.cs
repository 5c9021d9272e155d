namespace WorldModelActors.Episodes.Tests;

/// <summary>
/// What a store should do, in memory and without leases' rows, SQL or concurrency: the specification that random runs are
/// compared with.
/// </summary>
internal sealed class StoreModel(int maxFailures, int maxLosses, long retryDelay)
{
    public List<ModelEpisode> Episodes { get; } = [];

    public long Now { get; private set; }

    public void Advance(long milliseconds) => Now += milliseconds;

    /// <summary>Whether a claim is its episode's owner.</summary>
    public bool Owns(Claim claim) => Of(claim) is { State: JournalState.Running } episode && episode.Epoch == claim.Epoch;

    public ModelEpisode Of(Claim claim) => Episodes.Single(episode => episode.Id == claim.EpisodeId);

    /// <summary>What a claim may return; episodes without hope fail on the way.</summary>
    public IReadOnlyList<ModelEpisode> Claimable()
    {
        foreach (var episode in Episodes.Where(episode => episode.State == JournalState.Running && episode.Expires <= Now && episode.Losses >= maxLosses))
        {
            episode.State = JournalState.Failed;
        }

        foreach (var episode in Episodes.Where(episode => episode.State == JournalState.Waiting && episode.ReadyAt <= Now))
        {
            episode.State = JournalState.Planned;
        }

        return [.. Episodes.Where(episode => episode.State == JournalState.Planned || (episode.State == JournalState.Running && episode.Expires <= Now))];
    }

    public void Claimed(ModelEpisode episode, long lease)
    {
        episode.Losses += episode.State == JournalState.Running ? 1 : 0;
        (episode.State, episode.Epoch, episode.Expires) = (JournalState.Running, episode.Epoch + 1, Now + lease);
    }

    public void Failed(ModelEpisode episode, bool retryable)
    {
        episode.Failures++;
        episode.State = retryable && episode.Failures < maxFailures ? JournalState.Waiting : JournalState.Failed;
        episode.ReadyAt = Now + (retryDelay << (episode.Failures - 1));
    }

    public static void Retried(ModelEpisode episode) => (episode.State, episode.Failures, episode.Losses) = (JournalState.Planned, 0, 0);
}

/// <summary>An episode of the model.</summary>
internal sealed class ModelEpisode(string id, int iterations)
{
    public string Id { get; } = id;

    public int Iterations { get; } = iterations;

    public JournalState State { get; set; }

    public long Epoch { get; set; }

    public long Expires { get; set; }

    public long ReadyAt { get; set; }

    public int Failures { get; set; }

    public int Losses { get; set; }

    /// <summary>Frames and committing epoch of each committed iteration.</summary>
    public List<(int Frames, long Epoch)> Committed { get; } = [];
}

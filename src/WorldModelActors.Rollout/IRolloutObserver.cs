using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>
/// Sees what happens in a rollout: for progress displays and logs. Called from the actors' threads, so implementations are
/// thread-safe, quick, and do not throw: an exception would be the failure of the actor that told them.
/// </summary>
public interface IRolloutObserver
{
    /// <summary>An episode begins.</summary>
    void EpisodeStarted(EpisodePlan plan)
    {
    }

    /// <summary>An episode has failed and starts anew from its last committed iteration.</summary>
    void EpisodeRestarting(string episode, int iteration, Exception cause)
    {
    }

    /// <summary>An iteration begins with the embedding of its observation.</summary>
    void IterationStarted(string episode, int iteration)
    {
    }

    /// <summary>A denoising step is done.</summary>
    void StepDone(string episode, int iteration, SamplingPhase phase, int step, int steps)
    {
    }

    /// <summary>An iteration's observation is complete; some of its frames may still be decoded and written.</summary>
    void IterationCompleted(string episode, int iteration, PhaseTimes times)
    {
    }

    /// <summary>Executed frames are in the video.</summary>
    void FramesWritten(string episode, int frames)
    {
    }

    /// <summary>A request failed and is repeated with the same noise.</summary>
    void Retrying(string episode, string what, Exception cause, int attempt)
    {
    }

    /// <summary>An episode has ended.</summary>
    void EpisodeEnded(EpisodeResult result)
    {
    }

    /// <summary>A lane has done a piece of work.</summary>
    void LaneWorked(in LaneSpan span)
    {
    }

    /// <summary>So many requests wait for a lane of a device.</summary>
    void QueueChanged(Lane lane, string device, int requests)
    {
    }

    /// <summary>A lane's call of so many items ran out of memory.</summary>
    void MemoryRanOut(Lane lane, string device, int items)
    {
    }

    /// <summary>Something works otherwise than it should from now on, more slowly but with the same results.</summary>
    void Degraded(string device, string what)
    {
    }

    /// <summary>An episode ended with handles in the latent store that nobody released: a bug worth a report.</summary>
    void HandlesLeaked(string episode, IReadOnlyList<LatentOrigin> held)
    {
    }
}

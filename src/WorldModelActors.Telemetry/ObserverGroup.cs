using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Telemetry;

/// <summary>Several observers as one, told in their order.</summary>
public sealed class ObserverGroup(params IReadOnlyList<IRolloutObserver> observers) : IRolloutObserver
{
    /// <inheritdoc/>
    public void EpisodeStarted(EpisodePlan plan)
    {
        foreach (var observer in observers)
            observer.EpisodeStarted(plan);
    }

    /// <inheritdoc/>
    public void EpisodeRestarting(string episode, int iteration, Exception cause)
    {
        foreach (var observer in observers)
            observer.EpisodeRestarting(episode, iteration, cause);
    }

    /// <inheritdoc/>
    public void IterationStarted(string episode, int iteration)
    {
        foreach (var observer in observers)
            observer.IterationStarted(episode, iteration);
    }

    /// <inheritdoc/>
    public void StepDone(string episode, int iteration, SamplingPhase phase, int step, int steps)
    {
        foreach (var observer in observers)
            observer.StepDone(episode, iteration, phase, step, steps);
    }

    /// <inheritdoc/>
    public void IterationCompleted(string episode, int iteration, PhaseTimes times)
    {
        foreach (var observer in observers)
            observer.IterationCompleted(episode, iteration, times);
    }

    /// <inheritdoc/>
    public void FramesWritten(string episode, int frames)
    {
        foreach (var observer in observers)
            observer.FramesWritten(episode, frames);
    }

    /// <inheritdoc/>
    public void Retrying(string episode, string what, Exception cause, int attempt)
    {
        foreach (var observer in observers)
            observer.Retrying(episode, what, cause, attempt);
    }

    /// <inheritdoc/>
    public void EpisodeEnded(EpisodeResult result)
    {
        foreach (var observer in observers)
            observer.EpisodeEnded(result);
    }

    /// <inheritdoc/>
    public void LaneWorked(in LaneSpan span)
    {
        foreach (var observer in observers)
            observer.LaneWorked(span);
    }

    /// <inheritdoc/>
    public void QueueChanged(Lane lane, string device, int requests)
    {
        foreach (var observer in observers)
            observer.QueueChanged(lane, device, requests);
    }

    /// <inheritdoc/>
    public void MemoryRanOut(Lane lane, string device, int items)
    {
        foreach (var observer in observers)
            observer.MemoryRanOut(lane, device, items);
    }

    /// <inheritdoc/>
    public void Degraded(string device, string what)
    {
        foreach (var observer in observers)
            observer.Degraded(device, what);
    }

    /// <inheritdoc/>
    public void HandlesLeaked(string episode, IReadOnlyList<LatentOrigin> held)
    {
        foreach (var observer in observers)
            observer.HandlesLeaked(episode, held);
    }
}

using System.Collections.Concurrent;
using WorldModelActors.Rollout;

namespace WorldModelActors.Cli;

/// <summary>Tells each recorder what becomes of its episode.</summary>
internal sealed class RecorderGroup : IRolloutObserver
{
    private readonly ConcurrentDictionary<string, EpisodeRecorder> _recorders = new(StringComparer.Ordinal);

    public void Add(string episode, EpisodeRecorder recorder) => _recorders[episode] = recorder;

    public void Remove(string episode) => _recorders.TryRemove(episode, out _);

    /// <inheritdoc/>
    public void IterationStarted(string episode, int iteration)
    {
        if (_recorders.TryGetValue(episode, out var recorder))
        {
            recorder.IterationStarted(iteration);
        }
    }

    /// <inheritdoc/>
    public void IterationCompleted(string episode, int iteration, PhaseTimes times)
    {
        if (_recorders.TryGetValue(episode, out var recorder))
        {
            recorder.IterationCompleted(iteration, times);
        }
    }
}

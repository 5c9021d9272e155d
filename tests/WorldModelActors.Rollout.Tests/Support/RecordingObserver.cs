using System.Collections.Concurrent;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

internal sealed class RecordingObserver : IRolloutObserver
{
    public ConcurrentQueue<(string Episode, int Iteration, SamplingPhase Phase, int Step)> Steps { get; } = new();

    public ConcurrentQueue<string> Retries { get; } = new();

    public ConcurrentQueue<string> Leaks { get; } = new();

    public ConcurrentQueue<EpisodeResult> Ended { get; } = new();

    public Action<int>? OnStep { get; init; }

    public void StepDone(string episode, int iteration, SamplingPhase phase, int step, int steps)
    {
        Steps.Enqueue((episode, iteration, phase, step));
        OnStep?.Invoke(Steps.Count);
    }

    public void Retrying(string episode, string what, Exception cause, int attempt) => Retries.Enqueue($"{what}: {cause.Message}");

    public void HandlesLeaked(string episode, IReadOnlyList<LatentOrigin> held) => Leaks.Enqueue(string.Join(", ", held));

    public void EpisodeEnded(EpisodeResult result) => Ended.Enqueue(result);
}

using System.Diagnostics;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Bench;

/// <summary>
/// Times denoising steps from one to the next of the same call. Steps are told on the denoiser's own thread, so that its
/// processor time and its operator calls can be read there.
/// </summary>
internal sealed class StepTimes : IRolloutObserver
{
    private readonly Dictionary<SamplingPhase, List<Step>> _steps = [];
    private readonly List<PhaseTimes> _iterations = [];
    private long _wall;
    private double _processor;
    private long _calls;

    public void StepDone(string episode, int iteration, SamplingPhase phase, int step, int steps)
    {
        var (wall, processor, calls) = (Stopwatch.GetTimestamp(), ThreadClock.Microseconds, CallCounter.OnThisThread);
        // The first step of a call also prepares what is constant over its steps.
        if (step > 1)
        {
            if (!_steps.TryGetValue(phase, out var list))
                _steps.Add(phase, list = []);
            list.Add(new Step(Stopwatch.GetElapsedTime(_wall, wall).TotalSeconds, (processor - _processor) / 1e6, calls - _calls));
        }
        (_wall, _processor, _calls) = (wall, processor, calls);
    }

    public void IterationCompleted(string episode, int iteration, PhaseTimes times)
    {
        lock (_iterations)
            _iterations.Add(times);
    }

    /// <param name="threads">Threads of an operator.</param>
    /// <param name="result">The episode.</param>
    /// <param name="microsecondsPerCall">What an operator call costs beyond its arithmetic; null: not measured.</param>
    public DemoRow Summarise(int threads, EpisodeResult result, double? microsecondsPerCall)
    {
        var policy = _steps[SamplingPhase.Policy];
        var world = _steps[SamplingPhase.World];
        var calls = world[world.Count / 2].Calls;
        var processor = Median(world, s => s.Processor);
        return new DemoRow(
            threads,
            Median(policy, s => s.Wall),
            Median(world, s => s.Wall),
            world.Min(s => s.Wall),
            processor,
            calls,
            threads == 1 && microsecondsPerCall is { } us ? calls * us / 1e6 / processor : null,
            result.Elapsed.TotalSeconds / result.Iterations,
            _iterations.Average(t => t.Embed.TotalSeconds),
            _iterations.Average(t => t.Decode.TotalSeconds));
    }

    private static double Median(List<Step> steps, Func<Step, double> of)
    {
        var sorted = steps.Select(of).Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private readonly record struct Step(double Wall, double Processor, long Calls);
}

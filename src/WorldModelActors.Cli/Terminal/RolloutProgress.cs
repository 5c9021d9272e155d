using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Cli;

/// <summary>Where a run stands.</summary>
/// <param name="Episode">The episode that runs; empty before the first.</param>
/// <param name="Instruction">What its robot was told.</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Episodes">Episodes of the run.</param>
/// <param name="Iteration">Its iteration, from 1.</param>
/// <param name="Iterations">Its iterations.</param>
/// <param name="Phase">What it does.</param>
/// <param name="Step">Denoising steps done in this phase.</param>
/// <param name="Steps">Denoising steps of this phase; 0 where it has none.</param>
/// <param name="Frames">Its frames in the video.</param>
/// <param name="Fraction">What is done of the whole run, 0 to 1.</param>
/// <param name="Elapsed">Since the first episode began.</param>
/// <param name="Remaining">What is left by the speed so far; null where that is not known yet.</param>
internal sealed record ProgressSnapshot(
    string Episode, string Instruction, int Number, int Episodes, int Iteration, int Iterations, string Phase, int Step, int Steps,
    int Frames, double Fraction, TimeSpan Elapsed, TimeSpan? Remaining);

/// <summary>Follows a run of episodes one after the other, from the actors' threads, and says where it stands.</summary>
internal sealed class RolloutProgress(int episodes, TimeProvider time) : IRolloutObserver
{
    private readonly Lock _lock = new();
    private EpisodePlan? _plan;
    private long? _started;
    private int _begun;
    private int _skipped;
    private int _iteration;
    private int _calls;
    private int _step;
    private int _steps;
    private int _frames;
    private string _phase = "";

    /// <summary>Something that is worth a line, with what follows in the same text.</summary>
    public event Action<string>? Noted;

    /// <summary>Where the run stands now.</summary>
    public ProgressSnapshot Snapshot()
    {
        lock (_lock)
        {
            var elapsed = _started is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
            var iterations = _plan?.Iterations ?? 1;
            var within = _plan is null ? 0 : (_calls + (_steps > 0 ? (double)_step / _steps : 0)) / (2 * iterations);
            var total = Math.Max(1, episodes - _skipped);
            var fraction = Math.Clamp((Math.Max(0, _begun - 1) + within) / total, 0, 1);
            return new ProgressSnapshot(
                _plan?.Id ?? "", _plan?.Instruction ?? "", _begun + _skipped, episodes, Math.Min(_iteration + 1, iterations), iterations,
                _phase, _step, _steps, _frames, fraction, elapsed, fraction > 0 ? elapsed * ((1 - fraction) / fraction) : null);
        }
    }

    /// <summary>An episode was there already.</summary>
    public void EpisodeKept(string episode)
    {
        lock (_lock)
        {
            _skipped++;
        }

        Noted?.Invoke($"{episode}: finished before with the same settings, kept (--overwrite runs it again)");
    }

    /// <inheritdoc/>
    public void EpisodeStarted(EpisodePlan plan)
    {
        lock (_lock)
        {
            _started ??= time.GetTimestamp();
            _plan = plan;
            _begun++;
            (_iteration, _calls, _step, _steps, _frames, _phase) = (0, 0, 0, 0, 0, "starting");
        }

        Noted?.Invoke($"{plan.Id}: {plan.Instruction}");
    }

    /// <inheritdoc/>
    public void IterationStarted(string episode, int iteration)
    {
        lock (_lock)
        {
            (_iteration, _calls, _step, _steps, _phase) = (iteration, 2 * iteration, 0, 0, "looking");
        }
    }

    /// <inheritdoc/>
    public void StepDone(string episode, int iteration, SamplingPhase phase, int step, int steps)
    {
        lock (_lock)
        {
            _calls = (2 * iteration) + (phase == SamplingPhase.Policy ? 0 : 1);
            (_step, _steps, _phase) = (step, steps, phase == SamplingPhase.Policy ? "policy" : "world model");
            if (phase != SamplingPhase.Policy && step == steps)
            {
                _phase = "decoding";
            }
        }
    }

    /// <inheritdoc/>
    public void IterationCompleted(string episode, int iteration, PhaseTimes times)
    {
        lock (_lock)
        {
            (_calls, _step, _steps) = (2 * (iteration + 1), 0, 0);
        }

        var now = Snapshot();
        Noted?.Invoke(
            $"{episode}: iteration {iteration + 1}/{now.Iterations} (embed {Texts.Seconds(times.Embed.TotalSeconds)}, policy {Texts.Seconds(times.Policy.TotalSeconds)}, "
            + $"world model {Texts.Seconds(times.World.TotalSeconds)}, decode {Texts.Seconds(times.Decode.TotalSeconds)} s), "
            + (now.Remaining is { } left ? $"{Texts.Clock(left)} left" : ""));
    }

    /// <inheritdoc/>
    public void FramesWritten(string episode, int frames)
    {
        lock (_lock)
        {
            _frames = frames;
        }
    }

    /// <inheritdoc/>
    public void Retrying(string episode, string what, Exception cause, int attempt) =>
        Noted?.Invoke($"{episode}: {what} failed ({UserErrors.Describe(cause)}), try {attempt + 1}");

    /// <inheritdoc/>
    public void HandlesLeaked(string episode, IReadOnlyList<LatentOrigin> held) =>
        Noted?.Invoke($"{episode}: {held.Count} latents were not released ({held[0]}); please report this");
}

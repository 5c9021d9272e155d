using WorldModelActors.Rollout;
using WorldModelActors.Sampling;
using WorldModelActors.Telemetry;

namespace WorldModelActors.Cli;

/// <summary>Follows a run of episodes, from the actors' threads, and says where it stands.</summary>
/// <param name="episodes">Ids of the run's episodes, in the order in which they are shown; empty where they come one by one.</param>
/// <param name="time">The clock.</param>
/// <param name="lanes">How busy the lanes are.</param>
internal sealed class RolloutProgress(IReadOnlyList<string> episodes, TimeProvider time, Func<IReadOnlyList<LaneShare>> lanes) : IRolloutObserver, IRunProgress
{
    private readonly Lock _lock = new();
    private readonly List<Running> _running = [];
    private long? _started;
    private int _kept;
    private int _ended;
    private long _frames;

    /// <inheritdoc/>
    public event Action<string>? Noted;

    /// <inheritdoc/>
    public ProgressSnapshot Snapshot()
    {
        var shares = lanes();
        lock (_lock)
        {
            var elapsed = _started is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
            // Episodes that were there already took no time: they count neither as work nor as done.
            var work = Math.Max(1, episodes.Count - _kept);
            var fraction = Math.Clamp((_ended + _running.Sum(r => r.Fraction)) / work, 0, 1);
            return new ProgressSnapshot(
                [.. _running.Select(r => r.Standing())], episodes.Count, _ended + _kept, fraction, elapsed,
                fraction > 0 && episodes.Count > 0 ? elapsed * ((1 - fraction) / fraction) : null,
                elapsed > TimeSpan.Zero ? _frames / elapsed.TotalSeconds : 0,
                shares);
        }
    }

    /// <summary>An episode was there already.</summary>
    public void EpisodeKept(string episode)
    {
        lock (_lock)
        {
            _kept++;
        }

        Noted?.Invoke($"{episode}: finished before with the same settings, kept (--overwrite runs it again)");
    }

    /// <inheritdoc/>
    public void EpisodeStarted(EpisodePlan plan)
    {
        lock (_lock)
        {
            _started ??= time.GetTimestamp();
            _running.Add(new Running(plan));
            _running.Sort((a, b) => PlaceOf(a).CompareTo(PlaceOf(b)));
        }

        Noted?.Invoke($"{plan.Id}: {plan.Instruction}");
    }

    /// <inheritdoc/>
    public void IterationStarted(string episode, int iteration) =>
        Change(episode, r => (r.Iteration, r.Calls, r.Step, r.Steps, r.Phase) = (iteration, 2 * iteration, 0, 0, "looking"));

    /// <inheritdoc/>
    public void StepDone(string episode, int iteration, SamplingPhase phase, int step, int steps)
    {
        // After the last step of the policy call the world-model call begins, with its conditions.
        var isPolicy = phase == SamplingPhase.Policy && step < steps;
        Change(episode, r =>
        {
            r.Calls = (2 * iteration) + (isPolicy ? 0 : 1);
            (r.Step, r.Steps) = (phase == SamplingPhase.Policy && !isPolicy ? 0 : step, steps);
            r.Phase = isPolicy ? "policy" : phase == SamplingPhase.World && step == steps ? "decoding" : "world model";
        });
    }

    /// <inheritdoc/>
    public void IterationCompleted(string episode, int iteration, PhaseTimes times)
    {
        var iterations = 0;
        Change(episode, r =>
        {
            iterations = r.Plan.Iterations;
            (r.Calls, r.Step, r.Steps) = (2 * (iteration + 1), 0, 0);
        });
        var left = Snapshot().Remaining is { } remaining ? $", {Texts.Clock(remaining)} left" : "";
        Noted?.Invoke(
            $"{episode}: iteration {iteration + 1}/{iterations} (embed {Texts.Seconds(times.Embed.TotalSeconds)}, policy {Texts.Seconds(times.Policy.TotalSeconds)}, "
            + $"world model {Texts.Seconds(times.World.TotalSeconds)}, decode {Texts.Seconds(times.Decode.TotalSeconds)} s){left}");
    }

    /// <inheritdoc/>
    public void FramesWritten(string episode, int frames) => Change(episode, r =>
    {
        _frames += Math.Max(0, frames - r.Frames);
        r.Frames = Math.Max(frames, r.Frames);
    });

    /// <inheritdoc/>
    public void EpisodeEnded(EpisodeResult result)
    {
        lock (_lock)
        {
            _ended += _running.RemoveAll(r => r.Plan.Id == result.Id);
        }
    }

    /// <inheritdoc/>
    public void Retrying(string episode, string what, Exception cause, int attempt) =>
        Noted?.Invoke($"{episode}: {what} failed ({UserErrors.Describe(cause)}), try {attempt + 1}");

    /// <inheritdoc/>
    public void EpisodeRestarting(string episode, int iteration, Exception cause) =>
        Noted?.Invoke($"{episode}: failed ({UserErrors.Describe(cause)}), starts anew from iteration {iteration + 1}");

    /// <inheritdoc/>
    public void MemoryRanOut(Lane lane, string device, int items) =>
        Noted?.Invoke($"{device}: out of memory with {items} in one call ({lane.NameOf()})");

    /// <inheritdoc/>
    public void Degraded(string device, string what) => Noted?.Invoke($"{device}: {what}");

    /// <inheritdoc/>
    public void HandlesLeaked(string episode, IReadOnlyList<LatentOrigin> held) =>
        Noted?.Invoke($"{episode}: {held.Count} latents were not released ({held[0]}); please report this");

    private int PlaceOf(Running running)
    {
        for (var i = 0; i < episodes.Count; i++)
        {
            if (episodes[i] == running.Plan.Id)
            {
                return i;
            }
        }

        return episodes.Count;
    }

    private void Change(string episode, Action<Running> change)
    {
        lock (_lock)
        {
            if (_running.Find(r => r.Plan.Id == episode) is { } running)
            {
                change(running);
            }
        }
    }

    private sealed class Running(EpisodePlan plan)
    {
        public EpisodePlan Plan { get; } = plan;

        public int Iteration { get; set; }

        /// <summary>Policy and world-model calls that are done.</summary>
        public int Calls { get; set; }

        public int Step { get; set; }

        public int Steps { get; set; }

        public int Frames { get; set; }

        public string Phase { get; set; } = "starting";

        public double Fraction => (Calls + (Steps > 0 ? (double)Step / Steps : 0)) / (2 * Plan.Iterations);

        public EpisodeStanding Standing() => new(
            Plan.Id, Plan.Instruction, Math.Min(Iteration + 1, Plan.Iterations), Plan.Iterations, Phase, Step, Steps, Frames, Fraction);
    }
}

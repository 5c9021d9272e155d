namespace WorldModelActors.Rollout;

/// <summary>The parts of an iteration that are timed.</summary>
internal enum Phase
{
    Embed,
    Policy,
    World,
    Decode,
    Write,
}

/// <summary>Measures the phases of an episode's iterations.</summary>
internal sealed class PhaseClock
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly long?[] _started = new long?[Enum.GetValues<Phase>().Length];
    private readonly TimeSpan[] _iteration = new TimeSpan[Enum.GetValues<Phase>().Length];

    public PhaseClock(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
    }

    /// <summary>Sum over the ended iterations.</summary>
    public PhaseTimes Total { get; private set; } = new();

    /// <summary>Since the clock was made.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_start);

    public void StartIteration() => Array.Clear(_iteration);

    /// <summary>Starts a phase; one that runs goes on.</summary>
    public void Start(Phase phase) => _started[(int)phase] ??= _time.GetTimestamp();

    /// <summary>Stops a phase, if it runs.</summary>
    public void Stop(Phase phase)
    {
        if (_started[(int)phase] is { } since)
            _iteration[(int)phase] += _time.GetElapsedTime(since);
        _started[(int)phase] = null;
    }

    /// <summary>Forgets the phases that run: their work was lost.</summary>
    public void Abandon() => Array.Clear(_started);

    /// <summary>Closes an iteration.</summary>
    public PhaseTimes EndIteration()
    {
        var times = new PhaseTimes
        {
            Embed = _iteration[(int)Phase.Embed],
            Policy = _iteration[(int)Phase.Policy],
            World = _iteration[(int)Phase.World],
            Decode = _iteration[(int)Phase.Decode],
            Write = _iteration[(int)Phase.Write],
        };
        Total += times;
        return times;
    }
}

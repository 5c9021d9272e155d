namespace WorldModelActors.Models;

/// <summary>Takes the time of the backbone's parts; begin and end come in pairs, on one thread, and do not nest.</summary>
public interface IPartClock
{
    /// <summary>Work of a part is about to be submitted.</summary>
    void Begin(UNetPart part);

    /// <summary>It was submitted.</summary>
    void End(UNetPart part);
}

/// <summary>The clock of the calling thread, for profiles. Without one (always, outside of benchmarks) a part costs one look.</summary>
public static class PartClock
{
    [ThreadStatic]
    private static IPartClock? s_clock;

    [ThreadStatic]
    private static bool s_inside;

    /// <summary>Measures the parts that this thread submits until the result is disposed on the same thread.</summary>
    public static IDisposable Use(IPartClock clock)
    {
        s_clock = clock;
        return new Guard();
    }

    /// <summary>A part's work, until disposed; a part inside a part belongs to the outer one.</summary>
    internal static Measurement Measure(UNetPart part) => new(s_inside ? null : s_clock, part);

    internal readonly ref struct Measurement
    {
        private readonly IPartClock? _clock;
        private readonly UNetPart _part;

        public Measurement(IPartClock? clock, UNetPart part)
        {
            (_clock, _part) = (clock, part);
            if (clock is null)
            {
                return;
            }

            s_inside = true;
            clock.Begin(part);
        }

        public void Dispose()
        {
            if (_clock is null)
            {
                return;
            }

            s_inside = false;
            _clock.End(_part);
        }
    }

    private sealed class Guard : IDisposable
    {
        public void Dispose() => s_clock = null;
    }
}

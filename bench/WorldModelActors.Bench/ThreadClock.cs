using System.Runtime.InteropServices;

namespace WorldModelActors.Bench;

/// <summary>Processor time of the calling thread: other work on the machine does not count.</summary>
internal static partial class ThreadClock
{
    private const int ThreadProcessorTime = 3;

    /// <summary>Microseconds since the thread began.</summary>
    public static double Microseconds
    {
        get
        {
            if (ClockGetTime(ThreadProcessorTime, out var time) != 0)
                throw new InvalidOperationException("no clock of the thread's processor time");
            return (time.Seconds * 1e6) + (time.Nanoseconds / 1e3);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}

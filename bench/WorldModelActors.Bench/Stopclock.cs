using System.Diagnostics;
using System.Runtime.InteropServices;

namespace WorldModelActors.Bench;

/// <summary>Microseconds of processor time per call: the median of several rounds, and the fastest and slowest round.</summary>
public sealed record Timing(double Median, double Fastest, double Slowest);

/// <summary>
/// Times a short call by running it many times per round, on the calling thread's own processor time: other work on the
/// machine does not count.
/// </summary>
public static partial class Stopclock
{
    private const int Rounds = 15;
    private const int ThreadProcessorTime = 3;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(30);

    /// <param name="call">What is timed.</param>
    /// <param name="finish">Runs after each round outside the clock; waits for a device's queue.</param>
    public static Timing Measure(Action call, Action? finish = null)
    {
        var watch = Stopwatch.StartNew();
        var count = 0;
        while (watch.Elapsed < s_warmUp)
        {
            for (var i = 0; i < 50; i++, count++)
                call();
            finish?.Invoke();
        }
        var perRound = Math.Max(1, (int)(count * (s_round / watch.Elapsed)));
        var rounds = new double[Rounds];
        for (var r = 0; r < Rounds; r++)
        {
            var start = Now();
            for (var i = 0; i < perRound; i++)
                call();
            rounds[r] = (Now() - start) / perRound;
            finish?.Invoke();
        }
        Array.Sort(rounds);
        return new Timing(rounds[Rounds / 2], rounds[0], rounds[^1]);
    }

    private static double Now()
    {
        if (ClockGetTime(ThreadProcessorTime, out var time) != 0)
            throw new InvalidOperationException("no clock of the thread's processor time");
        return (time.Seconds * 1e6) + (time.Nanoseconds / 1e3);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}

using System.Diagnostics;

namespace WorldModelActors.Bench;

/// <summary>Microseconds of processor time per call: the median of several rounds, and the fastest and slowest round.</summary>
public sealed record Timing(double Median, double Fastest, double Slowest);

/// <summary>
/// Times a short call by running it many times per round, on the calling thread's own processor time: other work on the
/// machine does not count.
/// </summary>
public static class Stopclock
{
    private const int Rounds = 15;
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
            var start = ThreadClock.Microseconds;
            for (var i = 0; i < perRound; i++)
                call();
            rounds[r] = (ThreadClock.Microseconds - start) / perRound;
            finish?.Invoke();
        }
        Array.Sort(rounds);
        return new Timing(rounds[Rounds / 2], rounds[0], rounds[^1]);
    }
}

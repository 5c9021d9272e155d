namespace WorldModelActors.Torch;

/// <summary>Counts the operators that a thread has called, so that their number times the cost of a call can be compared with a measured time.</summary>
public static class CallCounter
{
    [ThreadStatic]
    private static long s_calls;

    /// <summary>Operators called by this thread since it began.</summary>
    public static long OnThisThread => s_calls;

    internal static void Add() => s_calls++;
}

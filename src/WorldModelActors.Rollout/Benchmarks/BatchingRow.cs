namespace WorldModelActors.Rollout;

/// <summary>What is batched.</summary>
public enum BatchingWork
{
    /// <summary>Frames from latents.</summary>
    Decode,

    /// <summary>Observations to tokens and latents.</summary>
    Embed,
}

/// <summary>One measurement of <see cref="BatchingBenchmark"/>.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Threads">Threads of an operator.</param>
/// <param name="Batch">Items in a call.</param>
/// <param name="PerSecond">Frames or observations per second, median.</param>
/// <param name="Ratio">Against the smallest batch, usually single calls.</param>
public sealed record BatchingRow(BatchingWork Work, int Threads, int Batch, double PerSecond, double Ratio);

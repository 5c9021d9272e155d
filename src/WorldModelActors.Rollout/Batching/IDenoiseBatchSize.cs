namespace WorldModelActors.Rollout;

/// <summary>Decides how many rows a denoising step takes of those that could be stepped now.</summary>
internal interface IDenoiseBatchSize
{
    /// <summary>Rows of the next step, 1 to <paramref name="available"/>.</summary>
    /// <param name="available">Rows that wait, at most as many as may be stepped together.</param>
    int Choose(int available);

    /// <summary>A step is done.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="seconds">What it took.</param>
    void Record(int rows, double seconds);
}

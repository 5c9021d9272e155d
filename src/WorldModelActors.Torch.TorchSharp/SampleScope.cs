namespace WorldModelActors.Torch;

/// <summary>
/// Says how many samples share the rows of this thread's linear layers. TorchSharp's linear layers take all rows together: the scope changes
/// nothing, and a batch may differ from its samples alone by roundings.
/// </summary>
public readonly struct SampleScope : IDisposable
{
    /// <summary>Begins a scope; it ends, on the same thread, when it is disposed.</summary>
    /// <param name="samples">Samples, at least 1.</param>
    public static SampleScope Of(long samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        if (samples > 1)
            Fallback.Samples.Say();
        return default;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

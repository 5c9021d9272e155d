namespace WorldModelActors.Torch;

/// <summary>
/// Says how many samples, one behind the other along the leading axes, share the rows of this thread's linear layers. On the CPU each
/// sample's rows are then a matrix product of their own, so that BLAS rounds them the same in whatever place of the batch they are.
/// </summary>
public readonly struct SampleScope : IDisposable
{
    private readonly long _before;

    private SampleScope(long before) => _before = before;

    /// <summary>Begins a scope; it ends, on the same thread, when it is disposed.</summary>
    /// <param name="samples">Samples, at least 1.</param>
    public static SampleScope Of(long samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        return new SampleScope(NativeMethods.wma_set_samples(samples));
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMethods.wma_set_samples(_before);
}

using System.Runtime.InteropServices;

namespace WorldModelActors.Torch;

/// <summary>
/// Device work that was recorded once and is replayed with one call. TorchSharp cannot record: making one fails, and whoever records
/// (UNetGraphs) says so once and computes operator by operator.
/// </summary>
public sealed class CudaGraph : IDisposable
{
    /// <exception cref="ExternalException">Always.</exception>
    public CudaGraph() => throw new ExternalException("TorchSharp has no CUDA graphs");

    /// <summary>Unreachable: there is no graph.</summary>
    public void Capture(Action work, CudaGraph? shareMemoryWith = null) => throw new NotSupportedException();

    /// <summary>Unreachable: there is no graph.</summary>
    public void Replay() => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

namespace WorldModelActors.Torch;

/// <summary>
/// Device work that was recorded once and is replayed with one call. Capture runs on a non-default current stream; the
/// tensors read and written keep their addresses.
/// </summary>
public sealed unsafe class CudaGraph : IDisposable
{
    private nint _handle;

    public CudaGraph()
    {
        torch.cuda.Require();
        nint handle;
        NativeMethods.Check(NativeMethods.wma_cuda_graph_new(&handle), "new graph");
        _handle = handle;
    }

    private nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(CudaGraph));

    /// <summary>Records everything that <paramref name="work"/> submits on the current stream.</summary>
    /// <param name="work">The work; it must not synchronise with the host.</param>
    /// <param name="shareMemoryWith">A graph that is never replayed at the same time and lends its memory pool.</param>
    public void Capture(Action work, CudaGraph? shareMemoryWith = null)
    {
        NativeMethods.Check(NativeMethods.wma_cuda_graph_capture_begin(Handle, shareMemoryWith?.Handle ?? 0), "graph capture begin");
        try
        {
            work();
        }
        catch
        {
            // The stream must leave capture mode; the first error is the one that tells.
            _ = NativeMethods.wma_cuda_graph_capture_end(Handle);
            throw;
        }
        NativeMethods.Check(NativeMethods.wma_cuda_graph_capture_end(Handle), "graph capture end");
    }

    /// <summary>Submits the recorded work to the current stream.</summary>
    public void Replay() => NativeMethods.Check(NativeMethods.wma_cuda_graph_replay(Handle), "graph replay");

    public void Dispose()
    {
        if (_handle != 0)
            NativeMethods.wma_cuda_graph_release(_handle);
        _handle = 0;
    }
}

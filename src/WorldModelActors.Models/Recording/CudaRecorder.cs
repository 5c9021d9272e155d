namespace WorldModelActors.Models;

/// <summary>
/// CUDA graphs of one stream that share one pool of memory: what a graph leaves behind is used up before another one is replayed.
/// </summary>
/// <param name="device">Where the work runs, on the stream that is current at the time.</param>
public sealed class CudaRecorder(Device device) : IRecorder
{
    // Replayed never: it lends its pool, and keeps it while others come and go.
    private CudaGraph? _pool;
    private Tensor? _kept;

    /// <inheritdoc/>
    public IRecording New() => new Recording(this);

    /// <inheritdoc/>
    public void Settle() => Stream.Synchronize();

    /// <inheritdoc/>
    public void Dispose()
    {
        _kept?.Dispose();
        _pool?.Dispose();
        (_kept, _pool) = (null, null);
    }

    private CudaStream Stream => CudaStream.Current(Math.Max(0, device.index));

    private CudaGraph Pool()
    {
        if (_pool is null)
        {
            var pool = new CudaGraph();
            try
            {
                pool.Capture(() => _kept = zeros([1], device: device).DetachFromDisposeScope());
            }
            catch
            {
                _kept?.Dispose();
                _kept = null;
                pool.Dispose();
                throw;
            }

            _pool = pool;
        }

        return _pool;
    }

    private sealed class Recording(CudaRecorder owner) : IRecording
    {
        private readonly CudaGraph _graph = new();

        public void Record(Action work)
        {
            var pool = owner.Pool();
            _graph.Capture(work, pool);
        }

        public void Replay() => _graph.Replay();

        public void Dispose() => _graph.Dispose();
    }
}

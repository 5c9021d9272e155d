namespace WorldModelActors.Torch;

/// <summary>What a profiler shall look at. TorchSharp cannot tell it: profile the whole program instead.</summary>
public static class CudaProfiler
{
    /// <summary>Nothing; to be disposed all the same.</summary>
    public static IDisposable Range() => new Nothing();

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}

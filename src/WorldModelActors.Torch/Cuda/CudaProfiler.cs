namespace WorldModelActors.Torch;

/// <summary>What a profiler shall look at that was started with the program: <c>ncu --profile-from-start off ...</c>, <c>nsys -c cudaProfilerApi ...</c>.</summary>
public static class CudaProfiler
{
    /// <summary>From here to the end of what is returned; nothing happens where no profiler is attached.</summary>
    public static IDisposable Range()
    {
        torch.cuda.Require();
        NativeMethods.Check(NativeMethods.wma_cuda_profile(1), "profiler start");
        return new Open();
    }

    private sealed class Open : IDisposable
    {
        public void Dispose() => NativeMethods.Check(NativeMethods.wma_cuda_profile(0), "profiler stop");
    }
}

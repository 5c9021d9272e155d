namespace WorldModelActors.Torch;

/// <summary>What TorchSharp lacks is done otherwise; the first time, a line on the error stream says so.</summary>
internal sealed class Fallback(string line)
{
    private int _said;

    internal static Fallback Streams { get; } = new("no CUDA streams and events: device work is synchronous");

    internal static Fallback Samples { get; } = new("no matrix products by sample: results of a batch may differ in the last bits from a sample's alone");

    internal static Fallback Convolutions { get; } = new("oneDNN's convolutions are wrong on this processor: libtorch does without oneDNN");

    internal static Fallback Mapping { get; } = new("no tensors on mapped files: weights are copied to memory");

    internal static Fallback Memory { get; } = new("no statistics of the CUDA allocator: the driver's are used");

    internal static Fallback Waiting { get; } = new("no cuDNN search, no returning of cached memory, no sleeping while waiting for the device: CUDA's defaults hold");

    internal void Say()
    {
        if (Interlocked.Exchange(ref _said, 1) == 0)
            Console.Error.WriteLine($"torchsharp: {line}");
    }
}

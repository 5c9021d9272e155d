namespace WorldModelActors.Torch;

/// <summary>
/// Ways to compute the same on CUDA, of which one may be the faster: for the whole process, to be set before networks run. The environment
/// variable <c>WMA_KERNELS</c> sets them at the start: <c>off</c> turns all kernels of our own off (<see cref="FusedKernels"/>);
/// otherwise names with + or - in front, separated by commas, such as <c>-heads-beside,-key-points</c>.
/// </summary>
public static class KernelSwitches
{
    private static readonly string[] s_given = (Environment.GetEnvironmentVariable("WMA_KERNELS") ?? "").Split(',', StringSplitOptions.TrimEntries);

    /// <summary>For one sample, a convolution along the frames is three matrix products that are added up, instead of cuDNN's convolution.</summary>
    public static KernelSwitch TemporalProducts { get; } = Make("temporal-products", on: true);

    /// <summary>One kernel for all branches of a cross attention, instead of an attention for each and their sum.</summary>
    public static KernelSwitch BranchAttention { get; } = Make("branch-attention", on: true);

    /// <summary>One kernel for the key points that the heads read of a feature, instead of a softmax and a product in float32.</summary>
    public static KernelSwitch KeyPoints { get; } = Make("key-points", on: true);

    /// <summary>Action and state head on a stream of their own beside the backbone, instead of behind it.</summary>
    public static KernelSwitch HeadsBeside { get; } = Make("heads-beside", on: true);

    /// <summary>The GEGLU gate of a feed-forward in the epilogue of the product before it, where the device and the widths allow, instead of a pass of its own.</summary>
    public static KernelSwitch GegluProduct { get; } = Make("geglu-product", on: true);

    /// <summary>Every switch, for benchmarks.</summary>
    public static IReadOnlyList<KernelSwitch> All { get; } = [TemporalProducts, BranchAttention, KeyPoints, HeadsBeside, GegluProduct];

    private static KernelSwitch Make(string name, bool on) =>
        new(name) { IsOn = s_given.Contains("+" + name) || (on && !s_given.Contains("-" + name)) };
}

/// <summary>One of <see cref="KernelSwitches"/>.</summary>
/// <param name="name">In WMA_KERNELS.</param>
public sealed class KernelSwitch(string name)
{
    /// <summary>Name in <c>WMA_KERNELS</c>.</summary>
    public string Name => name;

    /// <summary>The way that the switch names is taken.</summary>
    public bool IsOn { get; set; }
}

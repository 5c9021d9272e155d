using System.Runtime.InteropServices;

namespace WorldModelActors.Torch;

/// <summary>
/// On some processors oneDNN, with which libtorch 2.10 computes float32 convolutions on the CPU, gives wrong sums for channels that do not
/// fill its vectors (seen with 24 and 48 on an AMD EPYC with AVX-512, by its kernels jit:avx512_core and brg_deconv). So a few convolutions
/// are compared with float64, which oneDNN does not compute, before networks run; where they differ, libtorch does without oneDNN.
/// </summary>
public static partial class ConvolutionCheck
{
    private const double Tolerance = 1e-4;
    private static readonly Lazy<bool> s_done = new(Run);

    /// <summary>Once for the process; later calls cost nothing.</summary>
    public static void Require() => _ = s_done.Value;

    private static bool Run()
    {
        using var scope = NewDisposeScope();
        // NNPACK writes a line for every convolution on processors that it does not know.
        SetUserEnabledNnpack(GlobalContext(), 0);
        if (AreRight())
            return true;
        SetUserEnabledMkldnn(GlobalContext(), 0);
        if (!AreRight())
            throw new ExternalException("the convolutions of this libtorch are wrong on this processor, without oneDNN too");
        Fallback.Convolutions.Say();
        return true;
    }

    private static bool AreRight()
    {
        foreach (var channels in new long[] { 24, 40, 48 })
        {
            Tensor row = Pattern(2, channels, 8), picture = Pattern(2, channels, 4, 8);
            Tensor rowKernel = Pattern(channels, channels, 5), up = Pattern(channels, channels, 4), kernel = Pattern(channels, channels, 3, 3);
            if (Differ(F.conv1d(row, rowKernel, padding: 2), F.conv1d(row.@double(), rowKernel.@double(), padding: 2))
                || Differ(F.conv_transpose1d(row, up, stride: 2, padding: 1), F.conv_transpose1d(row.@double(), up.@double(), stride: 2, padding: 1))
                || Differ(F.conv2d(picture, kernel, padding: [1, 1]), F.conv2d(picture.@double(), kernel.@double(), padding: [1, 1])))
            {
                return false;
            }
        }
        return true;
    }

    // Numbers of all sizes and signs in [-1, 1], the same every time.
    private static Tensor Pattern(params long[] size) =>
        arange(size.Aggregate(1L, (a, b) => a * b), ScalarType.Float32).mul(0.7f).sin().reshape(size);

    private static bool Differ(Tensor single, Tensor exact) =>
        (single.@double() - exact).norm().ToDouble() > Tolerance * exact.norm().ToDouble();

    // at::globalContext(), at::Context::setUserEnabledMkldnn(bool) and setUserEnabledNNPACK(bool) of libtorch: PyTorch's
    // torch.backends.mkldnn.enabled and torch.backends.nnpack, for which TorchSharp has no name.
    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at13globalContextEv")]
    private static partial nint GlobalContext();

    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at7Context20setUserEnabledMkldnnEb")]
    private static partial void SetUserEnabledMkldnn(nint context, byte enabled);

    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb")]
    private static partial void SetUserEnabledNnpack(nint context, byte enabled);
}

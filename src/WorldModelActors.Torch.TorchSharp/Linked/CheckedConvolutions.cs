using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace WorldModelActors.Torch;

/// <summary>Part of assemblies that compute convolutions by TorchSharp: before anything of them runs, the convolutions are checked.</summary>
internal static class CheckedConvolutions
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "A layer that is used alone asks for nothing else first.")]
    internal static void Check() => ConvolutionCheck.Require();
}

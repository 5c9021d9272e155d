using System.Runtime.InteropServices;

namespace WorldModelActors.Torch;

/// <summary>TorchSharp reports what libtorch refuses as <see cref="ExternalException"/>, which stands for TorchException here (Directory.Build.targets).</summary>
public static class TorchFailures
{
    extension(ExternalException failure)
    {
        /// <summary>True where the device ran out of memory: the caller may try a smaller batch.</summary>
        public bool IsOutOfMemory => OutOfMemory.IsSaidBy(failure.Message);
    }
}

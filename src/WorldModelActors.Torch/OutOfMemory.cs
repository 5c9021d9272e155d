namespace WorldModelActors.Torch;

/// <summary>How libtorch and what it stands on say that memory ran out.</summary>
internal static class OutOfMemory
{
    // The caching allocator's and the driver's words, the host allocator's, cuBLAS's and cuDNN's, and C++'s own.
    private static readonly string[] s_words = ["out of memory", "can't allocate memory", "not enough memory", "ALLOC_FAILED", "std::bad_alloc"];

    internal static bool IsSaidBy(string message) => Array.Exists(s_words, text => message.Contains(text, StringComparison.OrdinalIgnoreCase));
}

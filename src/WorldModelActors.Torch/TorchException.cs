namespace WorldModelActors.Torch;

/// <summary>A libtorch call that failed: names the operator, the shapes of its arguments and libtorch's own first line.</summary>
public sealed class TorchException : Exception
{
    public TorchException(string message)
        : base(message)
    {
    }

    /// <summary>True where the device ran out of memory: the caller may try a smaller batch.</summary>
    public bool IsOutOfMemory { get; private init; }

    internal static TorchException FromNative(string what, string nativeMessage)
    {
        var line = FirstLine(nativeMessage);
        return new TorchException($"{what}: {line}")
        {
            IsOutOfMemory = OutOfMemory.IsSaidBy(line),
        };
    }

    private static string FirstLine(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (!line.IsWhiteSpace())
                return line.Trim().ToString();
        }
        return "unknown error";
    }
}

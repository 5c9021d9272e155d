namespace WorldModelActors.Transfer;

/// <summary>Resolves handles to what they stand for. For several callers at a time.</summary>
public interface ITransferSource
{
    /// <summary>Opens what a handle stands for; it stays readable until it is disposed of, also where the handle is released meanwhile.</summary>
    /// <returns>The content; null where there is none, or none any more.</returns>
    TransferContent? Open(string handle);
}

/// <summary>What a handle stands for. Its bytes do not change.</summary>
/// <param name="stream">The bytes; can be sought in.</param>
public sealed class TransferContent(Stream stream) : IAsyncDisposable
{
    /// <summary>The bytes.</summary>
    public Stream Stream { get; } = stream;

    /// <summary>How many.</summary>
    public long Length => Stream.Length;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}

namespace WorldModelActors.Telemetry.Tests;

/// <summary>Memory that can be read after it was closed, and that can be held up or made to fail.</summary>
internal sealed class KeptStream : MemoryStream
{
    private readonly TaskCompletionSource _firstWrite = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Writes wait for this.</summary>
    public Task Gate { get; init; } = Task.CompletedTask;

    /// <summary>Every write fails with it.</summary>
    public IOException? Fault { get; init; }

    /// <summary>Something has reached the stream.</summary>
    public Task FirstWrite => _firstWrite.Task;

    public string Text => System.Text.Encoding.UTF8.GetString(ToArray());

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Gate.WaitAsync(cancellationToken);
        if (Fault is not null)
            throw Fault;
        Write(buffer.Span);
        _firstWrite.TrySetResult();
    }
}

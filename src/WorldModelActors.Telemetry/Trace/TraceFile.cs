using System.Threading.Channels;

namespace WorldModelActors.Telemetry;

/// <summary>
/// Streams events to a file in Chrome's JSON array format, from any thread and without waiting: a bounded buffer, one writer
/// behind it. Only whole events reach the file, and the format needs no closing bracket, so a file that a crash left behind
/// can still be opened. Where the disk is too slow events are left out and counted.
/// </summary>
internal sealed class TraceFile : IAsyncDisposable
{
    /// <summary>Some seconds of a busy node.</summary>
    private const int MostWaiting = 1 << 16;

    private const int WriteAt = 1 << 16;

    private readonly Channel<TraceEvent> _events = Channel.CreateBounded<TraceEvent>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Stream _output;
    private readonly TraceFormat _format;
    private readonly Task _writer;
    private long _dropped;

    /// <param name="output">Where it goes; taken over.</param>
    /// <param name="format">How events are written.</param>
    public TraceFile(Stream output, TraceFormat format)
    {
        _output = output;
        _format = format;
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Events left out.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Why nothing more is written; null while all is well.</summary>
    public Exception? Failure { get; private set; }

    public void Add(in TraceEvent happened)
    {
        if (!_events.Writer.TryWrite(happened))
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>Adds an event that is not left out: waits until there is room for it, or the writer has failed.</summary>
    public Task AddForSureAsync(TraceEvent happened) => Task.WhenAny(_events.Writer.WriteAsync(happened).AsTask(), _writer);

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        await _writer.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        var buffer = new MemoryStream(2 * WriteAt);
        await using (_output.ConfigureAwait(false))
        {
            try
            {
                buffer.WriteByte((byte)'[');
                var first = true;
                while (await _events.Reader.WaitToReadAsync().ConfigureAwait(false))
                {
                    while (_events.Reader.TryRead(out var happened))
                    {
                        buffer.Write(first ? "\n"u8 : ",\n"u8);
                        first = false;
                        _format.Write(buffer, happened);
                        if (buffer.Length > WriteAt)
                            await FlushAsync(buffer).ConfigureAwait(false);
                    }
                    await FlushAsync(buffer).ConfigureAwait(false);
                }
                buffer.Write("\n]\n"u8);
                await FlushAsync(buffer).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                // A full disk ends the trace, not the run.
                Failure = failure;
                while (await _events.Reader.WaitToReadAsync().ConfigureAwait(false))
                {
                    while (_events.Reader.TryRead(out _))
                        Interlocked.Increment(ref _dropped);
                }
            }
        }
    }

    private async Task FlushAsync(MemoryStream buffer)
    {
        await _output.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length)).ConfigureAwait(false);
        await _output.FlushAsync().ConfigureAwait(false);
        buffer.SetLength(0);
    }
}

using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WorldModelActors.Torch;

/// <summary>
/// Writes a safetensors file tensor by tensor, never holding more than one. The same content always gives the same bytes:
/// tensors are ordered by falling element size and then by name (so that each lies on a multiple of its element size), the
/// header is padded to a multiple of eight bytes. The file appears under its name only when it is complete.
/// </summary>
public sealed class SafetensorsWriter
{
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Item> _items = new(StringComparer.Ordinal);

    /// <summary>Bytes of all tensors added so far.</summary>
    public long DataBytes { get; private set; }

    /// <summary>Sets a pair of <c>__metadata__</c>.</summary>
    public SafetensorsWriter Metadata(string key, string value)
    {
        _metadata[key] = value;
        return this;
    }

    /// <summary>Announces a tensor whose row-major little-endian bytes <paramref name="write"/> produces when its turn comes.</summary>
    /// <exception cref="SafetensorsException">The name is taken or reserved, or the shape is impossible.</exception>
    public SafetensorsWriter Add(string name, ElementType type, IReadOnlyList<long> shape, Action<Stream> write)
    {
        if (name == "__metadata__")
        {
            throw new SafetensorsException("a tensor cannot be called '__metadata__'");
        }

        if (shape.Any(s => s < 0) || SafetensorsHeader.ByteCount(shape, type) is not { } bytes)
        {
            throw new SafetensorsException($"'{name}' cannot have the shape [{string.Join(", ", shape)}]");
        }

        if (!_items.TryAdd(name, new Item(name, type, [.. shape], bytes, write)))
        {
            throw new SafetensorsException($"two tensors are called '{name}'");
        }

        DataBytes = checked(DataBytes + bytes);
        return this;
    }

    /// <summary>Adds a tensor of raw row-major little-endian bytes.</summary>
    public SafetensorsWriter Add(string name, ElementType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> data)
        => Add(name, type, shape, stream => stream.Write(data.Span));

    /// <summary>Adds a float32 tensor.</summary>
    public SafetensorsWriter Add(string name, IReadOnlyList<long> shape, ReadOnlyMemory<float> data)
        => Add(name, ElementType.Float32, shape, stream => stream.Write(MemoryMarshal.AsBytes(data.Span)));

    /// <summary>Adds an int64 tensor.</summary>
    public SafetensorsWriter Add(string name, IReadOnlyList<long> shape, ReadOnlyMemory<long> data)
        => Add(name, ElementType.Int64, shape, stream => stream.Write(MemoryMarshal.AsBytes(data.Span)));

    /// <summary>Writes the file: into a temporary file beside it, flushed to the disk, then renamed over the old one.</summary>
    /// <param name="path">Where; its folder must exist.</param>
    /// <param name="progress">Told the data bytes written so far, after each tensor.</param>
    /// <param name="cancellation">Stops between two tensors; nothing remains.</param>
    /// <exception cref="SafetensorsException">The file cannot be written; the message names it.</exception>
    public void Save(string path, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        var full = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
            {
                Write(stream, progress, cancellation);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DeleteQuietly(temporary);
            throw new SafetensorsException($"{path}: cannot be written: {e.Message}", e);
        }
        catch
        {
            DeleteQuietly(temporary);
            throw;
        }
    }

    /// <summary>Writes header and data to a stream.</summary>
    /// <exception cref="SafetensorsException">A tensor's callback wrote more or fewer bytes than its shape needs.</exception>
    public void Write(Stream stream, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        var items = _items.Values.OrderByDescending(i => i.Type.Size()).ThenBy(i => i.Name, StringComparer.Ordinal).ToList();
        var header = Header(items);
        stream.Write(BitConverter.GetBytes((ulong)header.Length));
        stream.Write(header);
        var done = 0L;
        foreach (var item in items)
        {
            cancellation.ThrowIfCancellationRequested();
            var counted = new CountingStream(stream);
            item.Write(counted);
            if (counted.Count != item.Bytes)
            {
                throw new SafetensorsException($"'{item.Name}' [{string.Join(", ", item.Shape)}] needs {item.Bytes} bytes, {counted.Count} were written");
            }

            done += item.Bytes;
            progress?.Report(done);
        }
    }

    private byte[] Header(List<Item> items)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (_metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in _metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            var offset = 0L;
            foreach (var item in items)
            {
                json.WriteStartObject(item.Name);
                json.WriteString("dtype", item.Type.SafetensorsName());
                json.WriteStartArray("shape");
                foreach (var size in item.Shape)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += item.Bytes);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        if (buffer.Length > SafetensorsHeader.MaxHeaderBytes)
        {
            throw new SafetensorsException($"the header would have {buffer.Length} bytes, more than the format allows ({SafetensorsHeader.MaxHeaderBytes})");
        }

        return buffer.ToArray();
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report.
        }
    }

    private sealed record Item(string Name, ElementType Type, long[] Shape, long Bytes, Action<Stream> Write);

    private sealed class CountingStream(Stream inner) : Stream
    {
        public long Count { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Count;

        public override long Position { get => Count; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            inner.Write(buffer);
            Count += buffer.Length;
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

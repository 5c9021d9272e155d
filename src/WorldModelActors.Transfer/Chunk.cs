using System.Buffers.Binary;
using System.Globalization;

namespace WorldModelActors.Transfer;

/// <summary>
/// The frames of a transfer, little endian: <c>uint32 length, uint32 CRC-32C of the payload, payload</c>. The last one has length 0 and, in
/// the place of a checksum of nothing, that of the eight bytes after it: the length of the whole content. Without it a stream that ended early
/// could be taken for a whole one.
/// </summary>
internal static class Chunk
{
    /// <summary>Bytes before a payload.</summary>
    public const int HeaderBytes = 8;

    /// <summary>Bytes of the last frame.</summary>
    public const int EndBytes = HeaderBytes + sizeof(long);

    /// <summary>Largest payload; a header that names a larger one is damaged.</summary>
    public const int MostBytes = 64 << 10;

    /// <summary>Writes the header of a payload.</summary>
    public static void WriteHeader(Span<byte> header, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Crc32C.Of(payload));
    }

    /// <summary>Writes the last frame.</summary>
    public static void WriteEnd(Span<byte> frame, long total)
    {
        BinaryPrimitives.WriteInt64LittleEndian(frame[HeaderBytes..], total);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Crc32C.Of(frame[HeaderBytes..EndBytes]));
    }

    /// <summary>Reads a frame.</summary>
    /// <param name="stream">Where from.</param>
    /// <param name="buffer">Takes the payload; <see cref="MostBytes"/> long at least.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <returns>Bytes of the payload, or 0 and the length of the whole content.</returns>
    /// <exception cref="DamagedTransferException">The checksum does not match, or the stream ended inside.</exception>
    public static async ValueTask<(int Bytes, long Total)> ReadAsync(Stream stream, byte[] buffer, CancellationToken stop)
    {
        try
        {
            await stream.ReadExactlyAsync(buffer.AsMemory(0, HeaderBytes), stop).ConfigureAwait(false);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(buffer);
            var checksum = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(4));
            if (length > MostBytes)
            {
                throw new DamagedTransferException(string.Create(CultureInfo.InvariantCulture, $"a chunk claims to have {length} bytes, more than any has"));
            }

            var payload = buffer.AsMemory(0, length == 0 ? sizeof(long) : (int)length);
            await stream.ReadExactlyAsync(payload, stop).ConfigureAwait(false);
            if (Crc32C.Of(payload.Span) != checksum)
            {
                throw new DamagedTransferException("a chunk's checksum does not match");
            }

            return length == 0 ? (0, BinaryPrimitives.ReadInt64LittleEndian(payload.Span)) : ((int)length, 0);
        }
        catch (EndOfStreamException cause)
        {
            throw new DamagedTransferException("the stream ended before the content did", cause);
        }
        catch (IOException cause) when (cause is not DamagedTransferException)
        {
            throw new DamagedTransferException(cause.Message, cause);
        }
    }
}

using System.Buffers.Binary;
using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// The central directory of a zip file whose entries are stored uncompressed, as <c>torch.save</c> writes them: gives where in
/// the file each entry's bytes lie, so that they can be used in place. Zip64 is read; compressed and encrypted entries are
/// refused. Format: PKWARE APPNOTE.TXT 6.3.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x06054b50;
    private const uint End64LocatorSignature = 0x07064b50;
    private const uint End64Signature = 0x06064b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const int EndLength = 22;
    private const int CentralLength = 46;
    private const int LocalLength = 30;
    private const int LongestDirectory = 64 << 20;

    private readonly MappedFile _file;
    private readonly Dictionary<string, Entry> _entries;

    private ZipDirectory(MappedFile file, Dictionary<string, Entry> entries)
    {
        _file = file;
        _entries = entries;
    }

    public IEnumerable<string> Names => _entries.Keys;

    /// <exception cref="CheckpointException">The file is no zip file or is damaged.</exception>
    public static ZipDirectory Read(MappedFile file)
    {
        var (offset, length) = FindDirectory(file);
        if (length > LongestDirectory)
        {
            throw new CheckpointException($"the zip directory would have {length} bytes; the file is damaged");
        }

        var directory = Span(file, offset, length, "the zip directory");
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        while (directory.Length >= 4)
        {
            if (directory.Length < CentralLength || U32(directory, 0) != CentralSignature)
            {
                throw new CheckpointException("the zip directory is damaged; copy the file again");
            }

            var nameLength = U16(directory, 28);
            var extraLength = U16(directory, 30);
            var total = CentralLength + nameLength + extraLength + U16(directory, 32);
            if (directory.Length < total)
            {
                throw new CheckpointException("the zip directory is damaged; copy the file again");
            }

            var name = Encoding.UTF8.GetString(directory.Slice(CentralLength, nameLength));
            var entry = ReadEntry(directory, directory.Slice(CentralLength + nameLength, extraLength));
            if (!entries.TryAdd(name, entry))
            {
                throw new CheckpointException($"the zip entry '{name}' occurs twice");
            }

            directory = directory[total..];
        }

        return new ZipDirectory(file, entries);
    }

    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Where the bytes of an entry lie in the file.</summary>
    /// <exception cref="CheckpointException">There is none of this name, it is compressed or lies outside of the file.</exception>
    public (long Offset, long Length) Locate(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            throw new CheckpointException($"the zip entry '{name}' is missing; the file is incomplete");
        }

        if (entry.Encrypted)
        {
            throw new CheckpointException($"the zip entry '{name}' is encrypted; save the checkpoint again with torch.save");
        }

        if (entry.Method != 0 || entry.Compressed != entry.Length)
        {
            throw new CheckpointException($"the zip entry '{name}' is compressed, which torch.save never does; save the checkpoint again with torch.save");
        }

        var local = Span(_file, entry.LocalOffset, LocalLength, $"the zip entry '{name}'");
        if (U32(local, 0) != LocalSignature)
        {
            throw new CheckpointException($"the zip entry '{name}' does not begin where the directory says; the file is damaged");
        }

        var offset = entry.LocalOffset + LocalLength + U16(local, 26) + U16(local, 28);
        if (entry.Length < 0 || entry.Length > _file.Length - offset)
        {
            throw new CheckpointException($"the zip entry '{name}' reaches beyond the end of the file; it is incomplete, copy it again");
        }

        return (offset, entry.Length);
    }

    private static (long Offset, long Length) FindDirectory(MappedFile file)
    {
        var tailLength = (int)Math.Min(file.Length, EndLength + ushort.MaxValue);
        var tail = file.Span(file.Length - tailLength, tailLength);
        for (var at = tail.Length - EndLength; at >= 0; at--)
        {
            if (U32(tail, at) != EndSignature || at + EndLength + U16(tail, at + 20) != tail.Length)
            {
                continue;
            }

            long length = U32(tail, at + 12);
            long offset = U32(tail, at + 16);
            if (offset != uint.MaxValue && length != uint.MaxValue && U16(tail, at + 10) != ushort.MaxValue)
            {
                return (offset, length);
            }

            var locatorAt = file.Length - tail.Length + at - 20;
            if (locatorAt < 0 || U32(file.Span(locatorAt, 20), 0) != End64LocatorSignature)
            {
                // Exactly 65535 entries without zip64 are possible.
                return (offset, length);
            }

            var end64 = Span(file, I64(file.Span(locatorAt, 20), 8), 56, "the zip64 directory");
            if (U32(end64, 0) != End64Signature)
            {
                throw new CheckpointException("the zip64 directory is damaged; copy the file again");
            }

            return (I64(end64, 48), I64(end64, 40));
        }

        throw new CheckpointException("the zip directory at its end is missing; the file is incomplete, copy it again");
    }

    private static Entry ReadEntry(ReadOnlySpan<byte> header, ReadOnlySpan<byte> extra)
    {
        long compressed = U32(header, 20);
        long length = U32(header, 24);
        long local = U32(header, 42);
        while (extra.Length >= 4)
        {
            var id = U16(extra, 0);
            var size = U16(extra, 2);
            if (extra.Length < 4 + size)
            {
                break;
            }

            if (id == 1)
            {
                var fields = extra.Slice(4, size);
                Replace(ref length, ref fields);
                Replace(ref compressed, ref fields);
                Replace(ref local, ref fields);
            }

            extra = extra[(4 + size)..];
        }

        return new Entry(U16(header, 10), (U16(header, 8) & 1) != 0, compressed, length, local);

        static void Replace(ref long value, ref ReadOnlySpan<byte> fields)
        {
            if (value == uint.MaxValue && fields.Length >= 8)
            {
                value = I64(fields, 0);
                fields = fields[8..];
            }
        }
    }

    private static ReadOnlySpan<byte> Span(MappedFile file, long offset, long length, string what)
        => offset >= 0 && length >= 0 && offset <= file.Length - length
            ? file.Span(offset, (int)length)
            : throw new CheckpointException($"{what} lies outside of the file; it is incomplete or damaged, copy it again");

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    private sealed record Entry(int Method, bool Encrypted, long Compressed, long Length, long LocalOffset);
}

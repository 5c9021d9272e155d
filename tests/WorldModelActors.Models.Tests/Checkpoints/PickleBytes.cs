using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace WorldModelActors.Models.Tests.Checkpoints;

/// <summary>Assembles pickles opcode by opcode, and the archives around them, right or wrong on purpose.</summary>
internal sealed class PickleBytes
{
    private readonly MemoryStream _bytes = new();

    public PickleBytes(byte protocol = 2) => Raw(0x80, protocol);

    public byte[] Stop() => Raw((byte)'.')._bytes.ToArray();

    public PickleBytes Raw(params byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public PickleBytes Op(string opcodes) => Raw(Encoding.Latin1.GetBytes(opcodes));

    public PickleBytes Int(int value)
    {
        var bytes = new byte[5];
        bytes[0] = (byte)'J';
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), value);
        return Raw(bytes);
    }

    public PickleBytes Long(long value) => Raw(0x8a, 8).Raw(BitConverter.GetBytes(value));

    public PickleBytes Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return Op("X").Raw(BitConverter.GetBytes(utf8.Length)).Raw(utf8);
    }

    public PickleBytes Global(string module, string name) => Op($"c{module}\n{name}\n");

    /// <summary>A tensor on storage <paramref name="key"/>.</summary>
    public PickleBytes Tensor(string key, string storage, long storageCount, long offset, long[] size, long[] stride)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op("((").Text("storage").Global("torch", storage).Text(key).Text("cpu").Long(storageCount).Op("tQ").Long(offset);
        foreach (var tuple in new[] { size, stride })
        {
            Op("(");
            foreach (var number in tuple)
            {
                Long(number);
            }

            Op("t");
        }

        return Raw(0x89).Global("collections", "OrderedDict").Op(")RtR");
    }

    /// <summary>A torch archive of this pickle and these storages.</summary>
    public static byte[] Archive(byte[] pickle, Dictionary<string, byte[]>? storages = null, CompressionLevel level = CompressionLevel.NoCompression, Action<ZipArchive>? more = null)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "archive/data.pkl", pickle, level);
            foreach (var (key, bytes) in storages ?? [])
            {
                Add(zip, $"archive/data/{key}", bytes, level);
            }

            more?.Invoke(zip);
        }

        return stream.ToArray();
    }

    public static void Add(ZipArchive zip, string name, byte[] bytes, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var entry = zip.CreateEntry(name, level).Open();
        entry.Write(bytes);
    }

    /// <summary>An archive <c>{'x': tensor}</c> with one float32 storage of <paramref name="count"/> elements.</summary>
    public static byte[] OneTensor(long count, long declared, long offset, long[] size, long[] stride)
        => Archive(new PickleBytes().Op("}").Text("x").Tensor("0", "FloatStorage", declared, offset, size, stride).Op("s").Stop(), new() { ["0"] = new byte[4 * count] });
}

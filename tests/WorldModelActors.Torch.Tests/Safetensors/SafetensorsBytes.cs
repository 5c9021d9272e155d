using System.Buffers.Binary;
using System.Text;

namespace WorldModelActors.Torch.Tests.Safetensors;

/// <summary>Writes safetensors bytes by hand, right or wrong on purpose.</summary>
internal static class SafetensorsBytes
{
    public static byte[] Make(string header, int dataBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)json.Length);
        json.CopyTo(file, 8);
        for (var i = 0; i < dataBytes; i++)
        {
            file[8 + json.Length + i] = (byte)i;
        }

        return file;
    }

    /// <summary>Opens bytes through a temporary file and hands the open file to <paramref name="use"/>.</summary>
    public static void Open(byte[] bytes, Action<SafetensorsFile> use)
    {
        var path = Path.Combine(Path.GetTempPath(), $"wma-{Guid.NewGuid():N}.safetensors");
        File.WriteAllBytes(path, bytes);
        try
        {
            using var file = SafetensorsFile.Open(path);
            use(file);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static string Error(byte[] bytes) => Assert.Throws<SafetensorsException>(() => Open(bytes, _ => { })).Message;
}

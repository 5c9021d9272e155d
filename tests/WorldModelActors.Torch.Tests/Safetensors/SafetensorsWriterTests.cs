using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Torch.Tests.Safetensors;

public class SafetensorsWriterTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        Prop.ForAll<float[][], string[]>((tensors, names) =>
        {
            var distinct = names.Where(n => n is not null && IsUnicode(n)).Distinct().Take(tensors.Length).ToArray();
            var writer = new SafetensorsWriter().Metadata("format", "pt");
            for (var i = 0; i < distinct.Length; i++)
            {
                writer.Add(distinct[i], [tensors[i].Length], tensors[i]);
            }

            SafetensorsBytes.Open(Bytes(writer), file =>
            {
                Assert.Equal("pt", file.Metadata["format"]);
                Assert.Equal(distinct.Length, file.Entries.Count);
                for (var i = 0; i < distinct.Length; i++)
                {
                    Assert.Equal(tensors[i], file.ReadFloats(distinct[i]));
                }
            });
        }).Check(Config.QuickThrowOnFailure.WithReplay(3, 5));

        static bool IsUnicode(string text)
        {
            for (var i = 0; i < text.Length; i++)
            {
                if (char.IsSurrogate(text[i]) && !(char.IsSurrogatePair(text, i) && i++ >= 0))
                {
                    return false;
                }
            }

            return true;
        }
    }

    [Fact]
    public void The_same_content_gives_the_same_aligned_bytes_in_any_order_of_adding()
    {
        var a = Bytes(new SafetensorsWriter().Add("b", ElementType.Float16, [3], new byte[6]).Add("a", [2], new float[] { 1, 2 }).Add("c", [1], new long[] { 9 }));
        var b = Bytes(new SafetensorsWriter().Add("c", [1], new long[] { 9 }).Add("a", [2], new float[] { 1, 2 }).Add("b", ElementType.Float16, [3], new byte[6]));
        Assert.Equal(a, b);
        SafetensorsBytes.Open(a, file => Assert.All(file.Entries, e => Assert.Equal(0, e.Offset % e.Type.Size())));
    }

    [Fact]
    public void A_failed_or_cancelled_save_leaves_the_old_file_and_no_other()
    {
        var folder = Directory.CreateTempSubdirectory("wma-writer").FullName;
        try
        {
            var path = Path.Combine(folder, "x.safetensors");
            new SafetensorsWriter().Add("a", [2], new float[] { 1, 2 }).Save(path, null, TestContext.Current.CancellationToken);
            var before = File.ReadAllBytes(path);

            var tooShort = new SafetensorsWriter().Add("a", ElementType.Float32, [2], stream => stream.Write(new byte[4]));
            Assert.Contains("needs 8 bytes, 4 were written", Assert.Throws<SafetensorsException>(() => tooShort.Save(path, null, TestContext.Current.CancellationToken)).Message);
            var good = new SafetensorsWriter().Add("a", [1], new float[] { 3 });
            Assert.ThrowsAny<OperationCanceledException>(() => good.Save(path, cancellation: new CancellationToken(true)));

            Assert.Equal(before, File.ReadAllBytes(path));
            Assert.Equal([path], Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Refuses_names_and_shapes_that_cannot_be()
    {
        var writer = new SafetensorsWriter().Add("a", [1], new float[] { 1 });
        Assert.Contains("two tensors are called 'a'", Assert.Throws<SafetensorsException>(() => writer.Add("a", [1], new float[] { 1 })).Message);
        Assert.Contains("__metadata__", Assert.Throws<SafetensorsException>(() => writer.Add("__metadata__", [1], new float[] { 1 })).Message);
        Assert.Contains("[-1]", Assert.Throws<SafetensorsException>(() => writer.Add("b", [-1], new float[] { 1 })).Message);
        Assert.Contains("cannot be written", Assert.Throws<SafetensorsException>(() => writer.Save("/nonexistent-folder/x.safetensors", null, TestContext.Current.CancellationToken)).Message);
    }

    private static byte[] Bytes(SafetensorsWriter writer)
    {
        using var stream = new MemoryStream();
        writer.Write(stream, null, TestContext.Current.CancellationToken);
        return stream.ToArray();
    }
}

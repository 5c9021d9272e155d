using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests.Safetensors;

public class MappedTensorTests
{
    private const string Header = """{"b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"x":{"dtype":"F32","shape":[2,3],"data_offsets":[3,27]},"e":{"dtype":"F32","shape":[0,4],"data_offsets":[27,27]},"c":{"dtype":"C64","shape":[1],"data_offsets":[27,35]}}""";

    [Fact]
    public void Tensors_outlive_the_file_and_are_released_with_their_handle()
    {
        var before = Tensor.TotalCount;
        torch.Tensor? x = null, b = null, e = null;
        var padded = Header + new string(' ', (8 - (Header.Length % 8)) % 8);
        SafetensorsBytes.Open(SafetensorsBytes.Make(padded, 35), file =>
        {
            b = file.Tensor("b");
            x = file.Tensor("x");
            e = file.Tensor("e");
            Assert.Equal(file.Mapping.Address(file.Entry("b").Offset), b.DataPointer);
            Assert.NotEqual(file.Mapping.Address(file.Entry("x").Offset), x.DataPointer); // not aligned: copied
            Assert.Contains("complex64", Assert.Throws<SafetensorsException>(() => file.Tensor("c")).Message);
            Assert.Equal(file.ReadFloats("x"), x.data<float>().ToArray());
        });

        Assert.Equal([0, 1, 2], b!.data<byte>().ToArray());
        Assert.Equal([2L, 3L], x!.shape);
        Assert.Equal([0L, 4L], e!.shape);
        x.Dispose();
        b.Dispose();
        e.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Strided_views_lie_on_aligned_and_unaligned_bytes(int misalignment)
    {
        var path = Path.GetTempFileName();
        try
        {
            var values = Enumerable.Range(0, 24).Select(i => (float)i).ToArray();
            File.WriteAllBytes(path, [.. new byte[misalignment], .. System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan())]);
            var file = MappedFile.Open(path);
            var before = Tensor.TotalCount;
            using (var transposed = file.Tensor(misalignment, ElementType.Float32, [6, 4], [1, 6]))
            {
                file.Release();
                using var dense = transposed.contiguous();
                Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)((i % 4 * 6) + (i / 4))), dense.data<float>().ToArray());
            }

            Assert.Equal(before, Tensor.TotalCount);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_view_beyond_the_file_is_refused()
    {
        SafetensorsBytes.Open(SafetensorsBytes.Make("{}", 0), file =>
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => file.Mapping.Tensor(0, ElementType.Float32, [100]));
            Assert.Throws<ArgumentOutOfRangeException>(() => file.Mapping.Tensor(8, ElementType.UInt8, [2, 2], [2, 1]));
            Assert.Throws<OverflowException>(() => file.Mapping.Tensor(0, ElementType.Float32, [long.MaxValue, 2]));
        });
    }
}

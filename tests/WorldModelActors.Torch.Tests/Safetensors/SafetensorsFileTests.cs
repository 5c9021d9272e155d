using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Torch.Tests.Safetensors;

public class SafetensorsFileTests
{
    private const string Two = """{"a":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6]},"b":{"dtype":"I16","shape":[],"data_offsets":[6,8]}}""";

    [Fact]
    public void Reads_names_shapes_dtypes_and_bytes()
    {
        SafetensorsBytes.Open(SafetensorsBytes.Make(Two, 8), file =>
        {
            Assert.Equal(["a", "b"], file.Entries.Select(e => e.Name));
            Assert.Equal([2L, 3L], file.Entry("a").Shape);
            Assert.Equal("U8", file.Entry("a").Dtype);
            Assert.Equal([0f, 1, 2, 3, 4, 5], file.ReadFloats("a"));
            Assert.Empty(file.Entry("b").Shape);
            Assert.Equal(1, file.Entry("b").Count);
            Assert.Equal([0x0706L], file.ReadInt64s("b"));
        });
    }

    [Fact]
    public void Reads_metadata_and_a_padded_header()
    {
        var bytes = SafetensorsBytes.Make("""{"__metadata__":{"format":"pt"},"x":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]}}     """, 0);
        SafetensorsBytes.Open(bytes, file =>
        {
            Assert.Equal("pt", file.Metadata["format"]);
            Assert.Empty(file.ReadFloats("x"));
        });
    }

    [Fact]
    public void Reads_tensors_whose_order_in_the_header_is_not_the_order_of_the_data()
    {
        const string header = """{"late":{"dtype":"U8","shape":[2],"data_offsets":[3,5]},"early":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""";
        SafetensorsBytes.Open(SafetensorsBytes.Make(header, 5), file =>
        {
            Assert.Equal([3f, 4], file.ReadFloats("late"));
            Assert.Equal([0f, 1, 2], file.ReadFloats("early"));
        });
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", 4, "'a' occurs twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "overlaps")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}""", 5, "follows a gap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 3, "1 bytes follow the last tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,2]}}""", 2, "has shape [2] F32 but 2 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "but 0 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}}""", 0, "whole numbers >= 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,0]}}""", 0, "whole numbers >= 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 8, "would lie at bytes 4..0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "incomplete or damaged")]
    [InlineData("""{"a":{"dtype":"Q7","shape":[1],"data_offsets":[0,4]}}""", 4, "unknown dtype 'Q7'")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "needs dtype, shape and two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "occurs twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"pickle":1}}""", 4, "unknown field 'pickle'")]
    [InlineData("""{"a":[]}""", 0, "'a' is not a JSON object")]
    [InlineData("""{"__metadata__":{"x":1}}""", 0, "__metadata__.x is not a JSON string")]
    [InlineData("""{"a":{"dtype":{"x":{"x":{"x":{"x":{"x":{"x":{"x":{}}}}}}}}}}""", 0, "is not a JSON string")]
    [InlineData("""{"a":""", 0, "not valid JSON")]
    [InlineData("""{} x""", 0, "not valid JSON")]
    [InlineData("""[]""", 0, "does not begin with '{'")]
    public void Refuses_a_wrong_header_by_name(string header, int dataBytes, string expected)
    {
        Assert.Contains(expected, SafetensorsBytes.Error(SafetensorsBytes.Make(header, dataBytes)));
    }

    [Fact]
    public void Refuses_absurd_or_impossible_header_lengths()
    {
        var bytes = SafetensorsBytes.Make(Two, 8);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue);
        Assert.Contains("limit 100000000", SafetensorsBytes.Error(bytes));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 1000);
        Assert.Contains("the file is incomplete", SafetensorsBytes.Error(bytes));
        Assert.Contains("too few", SafetensorsBytes.Error([1, 2, 3]));
        Assert.Contains("too few", SafetensorsBytes.Error([]));
    }

    [Fact]
    public void Names_a_missing_file_and_a_missing_tensor()
    {
        var path = Path.Combine(Path.GetTempPath(), "wma-there-is-no-such-file.safetensors");
        Assert.Equal($"{path}: no such file", Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path)).Message);
        Assert.Contains("is a directory", Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(Path.GetTempPath())).Message);
        SafetensorsBytes.Open(SafetensorsBytes.Make(Two, 8), file =>
            Assert.EndsWith("has no tensor 'c'", Assert.Throws<SafetensorsException>(() => file.Bytes("c")).Message));
    }

    [Fact]
    public void Every_truncation_and_every_flipped_byte_of_the_header_is_read_or_refused()
    {
        var good = SafetensorsBytes.Make(Two, 8);
        for (var length = 0; length < good.Length; length++)
        {
            SafetensorsBytes.Error(good[..length]);
        }

        var random = new Random(7);
        for (var i = 0; i < good.Length - 8; i++)
        {
            var bad = (byte[])good.Clone();
            bad[i] = (byte)random.Next(256);
            try
            {
                SafetensorsBytes.Open(bad, file => Assert.All(file.Entries, e => file.Bytes(e.Name)));
            }
            catch (SafetensorsException)
            {
            }
        }
    }

    [Fact]
    public void Half_precision_and_bfloat16_are_widened_exactly()
    {
        Prop.ForAll<float>(value =>
        {
            Span<byte> bytes = stackalloc byte[2];
            Span<float> back = stackalloc float[1];
            ElementConversion.FromSingle([value], ElementType.Float16, bytes);
            ElementConversion.ToSingle(bytes, ElementType.Float16, back);
            Assert.Equal((float)(Half)value, back[0]);
            ElementConversion.FromSingle([value], ElementType.BFloat16, bytes);
            ElementConversion.ToSingle(bytes, ElementType.BFloat16, back);
            const float largestBFloat16 = 3.3895314e38f;
            Assert.True(MathF.Abs(value) <= largestBFloat16
                ? MathF.Abs(back[0] - value) <= Math.Max(MathF.Abs(value) / 256, 1e-40f)
                : !float.IsFinite(back[0]) || MathF.Abs(back[0]) == largestBFloat16);
        }).Check(Config.QuickThrowOnFailure.WithReplay(7, 11));
    }

    [Theory]
    [InlineData(0x3F808000u, 0x3F80)]
    [InlineData(0x3F818000u, 0x3F82)]
    [InlineData(0x3F808001u, 0x3F81)]
    [InlineData(0x7F7FFFFFu, 0x7F80)]
    [InlineData(0xFF800001u, 0x7FC0)]
    public void Bfloat16_rounds_to_nearest_even(uint bits, int expected)
    {
        Assert.Equal(expected, ElementConversion.BFloat16Bits(BitConverter.UInt32BitsToSingle(bits)));
    }

    [Fact]
    public void Widens_every_real_type()
    {
        Check(ElementType.Float64, [-2.5, 3.0]);
        Check(ElementType.Float32, [-2.5f, 3f]);
        Check(ElementType.Int64, [-3L, 1L << 40]);
        Check(ElementType.Int32, [-3, 4]);
        Check(ElementType.Int16, new short[] { -3, 4 });
        Check(ElementType.Int8, new sbyte[] { -3, 4 });
        Check(ElementType.UInt8, new byte[] { 0, 255 });
        Check(ElementType.UInt16, new ushort[] { 0, 65535 });
        Check(ElementType.UInt32, [0u, 65536u]);
        Check(ElementType.UInt64, [0ul, 65536ul]);
        Assert.Throws<NotSupportedException>(() => ElementConversion.ToSingle(new byte[8], ElementType.Complex64, new float[1]));

        static void Check<T>(ElementType type, T[] values) where T : unmanaged
        {
            var numbers = new float[values.Length];
            ElementConversion.ToSingle(MemoryMarshal.AsBytes(values.AsSpan()), type, numbers);
            Assert.Equal(values.Select(v => Convert.ToSingle(v, System.Globalization.CultureInfo.InvariantCulture)), numbers);
        }
    }
}

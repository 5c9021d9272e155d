using System.IO.Compression;

namespace WorldModelActors.Models.Tests.Checkpoints;

/// <summary>A pickle is a program; these are programs that must not run, hang or allocate.</summary>
public class HostilePickleTests
{
    [Theory]
    [InlineData("os", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("torch", "load")]
    [InlineData("torch.storage", "_load_from_bytes")]
    [InlineData("torch._utils", "_rebuild_tensor")]
    [InlineData("torch._utils", "_rebuild_tensor_v2.__globals__")]
    [InlineData("collections", "OrderedDict.__init__")]
    public void Every_other_import_is_refused_by_name_and_place(string module, string name)
    {
        var classic = new PickleBytes().Global(module, name).Op("(").Text("touch /tmp/x").Op("tR").Stop();
        Assert.Contains($"imports {module}.{name}, which is not on the list", Refusal(classic));
        Assert.Contains("(byte 2)", Refusal(classic));
        var stacked = new PickleBytes(4).Text(module).Text(name).Raw(0x93).Op(")R").Stop();
        Assert.Contains($"imports {module}.{name}, which is not on the list", Refusal(stacked));
    }

    [Theory]
    [InlineData('0', "POP")]
    [InlineData('2', "DUP")]
    [InlineData('i', "INST")]
    [InlineData('o', "OBJ")]
    [InlineData('P', "PERSID")]
    [InlineData('S', "STRING")]
    [InlineData('I', "INT")]
    [InlineData('g', "GET")]
    [InlineData('C', "SHORT_BINBYTES")]
    [InlineData('\u0081', "NEWOBJ")]
    [InlineData('\u0082', "EXT1")]
    [InlineData('\u0092', "NEWOBJ_EX")]
    [InlineData('\u0096', "BYTEARRAY8")]
    [InlineData('\u0097', "NEXT_BUFFER")]
    [InlineData('\u00ff', "0xff")]
    public void Every_other_opcode_is_refused_by_name_and_place(char opcode, string name)
    {
        var message = Refusal(new PickleBytes().Op("N" + opcode).Stop());
        Assert.Contains($"uses the opcode {name},", message);
        Assert.Contains("(byte 3)", message);
    }

    [Fact]
    public void Allowed_names_cannot_be_called_in_other_ways()
    {
        Assert.Contains("calls collections.OrderedDict in a way", Refusal(new PickleBytes().Global("collections", "OrderedDict").Int(1).Raw(0x85).Op("R").Stop()));
        Assert.Contains("calls torch.FloatStorage in a way", Refusal(new PickleBytes().Global("torch", "FloatStorage").Op(")R").Stop()));
        Assert.Contains("calls something that is not an allowed function", Refusal(new PickleBytes().Text("os.system").Op(")R").Stop()));
        Assert.Contains("sets the state of something that is not a plain container", Refusal(new PickleBytes().Global("torch", "float32").Op("}b").Stop()));
        Assert.Contains("with something that is not a dict", Refusal(new PickleBytes().Op("}Nb").Stop()));
        Assert.Contains("refers to a storage in a way", Refusal(new PickleBytes().Text("file:///etc/passwd").Op("Q").Stop()));
    }

    [Theory]
    [InlineData("X\u00ff\u00ff\u00ff\u00ff", "ends too early")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff", "ends too early")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u007f", "whole number of 2147483647 bytes")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u00ff", "whole number of -1 bytes")]
    [InlineData("X\u0002\u0000\u0000\u0000\u00c3\u0028", "not valid UTF-8")]
    [InlineData("cos", "without an end of line")]
    [InlineData("a", "empty stack")]
    [InlineData("t", "mark that was never set")]
    [InlineData("(s", "empty stack")]
    [InlineData("}(Nu", "key without a value")]
    [InlineData("N)s", "sets items of something")]
    [InlineData("NN)e", "mark that was never set")]
    [InlineData("NNa", "appends to something that is not a plain container")]
    [InlineData("h\u0007", "asks for object 7")]
    [InlineData("q\u0000", "remembers an object of an empty stack")]
    [InlineData("NN.", "objects left over")]
    [InlineData("\u0080\u0009", "protocol 9")]
    public void Impossible_programs_are_refused(string opcodes, string expected)
    {
        Assert.Contains(expected, Refusal(new PickleBytes().Op(opcodes).Stop()));
    }

    [Fact]
    public void Deep_nesting_and_self_reference_end_quietly()
    {
        var deep = new PickleBytes();
        for (var i = 0; i < 200_000; i++)
        {
            deep.Op("](");
        }

        for (var i = 0; i < 200_000; i++)
        {
            deep.Op("ta");
        }

        Assert.Contains("expected a dict of tensors", Refusal(deep.Stop()));

        var itself = new PickleBytes().Op("}q\0").Text("state_dict").Op("h\0s").Stop();
        Assert.Contains("holds no tensors", Refusal(itself));

        // Doubling by reference: a tree of 2^60 leaves in a few hundred bytes, which nothing here ever walks.
        var doubling = new PickleBytes().Op("}").Text("x").Op("]q\0");
        for (var i = 0; i < 60; i++)
        {
            doubling.Op("h\0").Raw(0x86).Op("q\0");
        }

        Assert.Contains("holds no tensors", Refusal(doubling.Op("s").Stop()));
    }

    [Fact]
    public void The_limits_hold()
    {
        var many = new byte[1000];
        many.AsSpan().Fill((byte)'N');
        Assert.Contains("more than 100 objects on its stack", Limited(many, new PickleLimits { Stack = 100 }));
        Assert.Contains("more than 500 opcodes", Limited(many, new PickleLimits { Opcodes = 500 }));
        Assert.Contains("longer than 300 bytes", Limited(many, new PickleLimits { Bytes = 300 }));
        many.AsSpan().Fill((byte)'(');
        Assert.Contains("more than 100 objects on its stack", Limited(many, new PickleLimits { Stack = 100 }));

        static string Limited(byte[] bytes, PickleLimits limits)
            => Assert.Throws<CheckpointException>(() => PickleReader.Read(bytes, _ => throw new InvalidOperationException(), out _, limits)).Message;
    }

    [Theory]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 3, 1 }, null)]
    [InlineData(6, 6, new long[] { 0, 3 }, new long[] { 3, 1 }, null)]
    [InlineData(6, 5, new long[] { }, new long[] { }, null)]
    [InlineData(6, 6, new long[] { }, new long[] { }, "reaches beyond its storage")]
    [InlineData(6, 1, new long[] { 2, 3 }, new long[] { 3, 1 }, "reaches beyond its storage")]
    [InlineData(6, -1, new long[] { 1 }, new long[] { 1 }, "reaches beyond its storage")]
    [InlineData(6, 7, new long[] { 0 }, new long[] { 1 }, "reaches beyond its storage")]
    [InlineData(6, 0, new long[] { -2 }, new long[] { 1 }, "not whole numbers >= 0")]
    [InlineData(6, 0, new long[] { 2 }, new long[] { -1 }, "not whole numbers >= 0")]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 3 }, "2 sizes and 1 strides")]
    [InlineData(6, 0, new long[] { 1L << 62, 1L << 62 }, new long[] { 0, 0 }, "absurd shape")]
    [InlineData(6, 0, new long[] { 2, 2 }, new long[] { long.MaxValue, long.MaxValue }, "absurd shape")]
    [InlineData(6, 0, new long[] { 1L << 40 }, new long[] { 0 }, "storage '0' of only 6 elements")]
    [InlineData(7, 0, new long[] { 7 }, new long[] { 1 }, "only 24 bytes are there")]
    [InlineData(-1, 0, new long[] { 0 }, new long[] { 1 }, "refers to a storage in a way")]
    [InlineData(long.MaxValue, 0, new long[] { 7 }, new long[] { 1 }, "only 24 bytes are there")]
    public void Tensors_must_lie_in_their_storage_and_storages_in_the_file(long declared, long offset, long[] size, long[] stride, string? refusal)
    {
        var file = PickleBytes.OneTensor(6, declared, offset, size, stride);
        if (refusal is not null)
        {
            Assert.Contains(refusal, CheckpointFiles.Refusal(file));
            return;
        }

        CheckpointFiles.Temporary(file, path =>
        {
            using var checkpoint = Checkpoint.Open(path);
            Assert.Equal(size.Aggregate(1L, (a, b) => a * b), checkpoint.ReadFloats("x").Length);
        });
    }

    [Fact]
    public void Archives_that_are_no_checkpoints_are_refused_with_the_reason()
    {
        var pickle = new PickleBytes().Op("}").Stop();
        Assert.Contains("compressed, which torch.save never does", CheckpointFiles.Refusal(PickleBytes.Archive(new byte[100_000], level: CompressionLevel.Optimal)));
        Assert.Contains("TorchScript", CheckpointFiles.Refusal(PickleBytes.Archive(pickle, more: zip => PickleBytes.Add(zip, "archive/constants.pkl", pickle))));
        Assert.Contains("big-endian", CheckpointFiles.Refusal(PickleBytes.Archive(pickle, more: zip => PickleBytes.Add(zip, "archive/byteorder", "big"u8.ToArray()))));
        Assert.Contains("several data.pkl", CheckpointFiles.Refusal(PickleBytes.Archive(pickle, more: zip => PickleBytes.Add(zip, "other/data.pkl", pickle))));
        Assert.Contains("occurs twice", CheckpointFiles.Refusal(PickleBytes.Archive(pickle, more: zip => PickleBytes.Add(zip, "archive/data.pkl", pickle))));
        Assert.Contains("entry 'archive/data/9' is missing", CheckpointFiles.Refusal(PickleBytes.Archive(new PickleBytes().Tensor("9", "FloatStorage", 1, 0, [1], [1]).Stop())));
        Assert.Contains("holds no tensors", CheckpointFiles.Refusal(PickleBytes.Archive(pickle)));
        Assert.Contains("holds tensor float32 [1], expected a dict", CheckpointFiles.Refusal(PickleBytes.Archive(
            new PickleBytes().Tensor("0", "FloatStorage", 1, 0, [1], [1]).Stop(), new() { ["0"] = new byte[4] })));
        Assert.Contains("without the prefix '_forward_module.'", CheckpointFiles.Refusal(PickleBytes.Archive(
            new PickleBytes().Op("}").Text("module").Op("}").Text("x").Tensor("0", "FloatStorage", 1, 0, [1], [1]).Op("ss").Stop(), new() { ["0"] = new byte[4] })));

        using var empty = new MemoryStream();
        using (new ZipArchive(empty, ZipArchiveMode.Create, leaveOpen: true))
        {
        }

        Assert.Contains("without data.pkl", CheckpointFiles.Refusal(empty.ToArray()));
    }

    [Fact]
    public void Other_files_are_refused_in_one_line()
    {
        Assert.Contains("is empty", CheckpointFiles.Refusal([]));
        Assert.Contains("neither a safetensors file nor a PyTorch checkpoint", CheckpointFiles.Refusal("hello, world: not a checkpoint"u8));
        Assert.Contains("not one that torch.save wrote", CheckpointFiles.Refusal(new PickleBytes().Op("}").Stop()));
        Assert.Contains("no such file", Assert.Throws<CheckpointException>(() => Checkpoint.Open("/nonexistent/x.ckpt")).Message);
        Assert.Contains("is a directory", Assert.Throws<CheckpointException>(() => Checkpoint.Open(Path.GetTempPath())).Message);
    }

    private static string Refusal(byte[] pickle)
    {
        var message = CheckpointFiles.Refusal(PickleBytes.Archive(pickle));
        Assert.DoesNotContain('\n', message);
        return message;
    }
}

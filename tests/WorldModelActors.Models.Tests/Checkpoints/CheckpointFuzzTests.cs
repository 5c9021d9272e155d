using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Models.Tests.Checkpoints;

/// <summary>Whatever happens to a file's bytes: it is read, or refused with a <see cref="CheckpointException"/>, and cheaply.</summary>
public class CheckpointFuzzTests
{
    // The mutated files are some hundred kilobytes; nothing that they say may cost more than this.
    private const long MostBytes = 64 << 20;

    [Theory]
    [InlineData("partial_framestride.ckpt", 0)]
    [InlineData("partial_legacy.ckpt", 0)]
    [InlineData("forward.safetensors", 0)]
    [InlineData("partial_framestride.ckpt", 2400)]
    [InlineData("partial_legacy.ckpt", 2000)]
    [InlineData("forward.safetensors", 1200)]
    public void Mutated_bytes_are_read_or_refused(string name, int window)
    {
        var good = File.ReadAllBytes(CheckpointFiles.Micro(name));
        var reach = window == 0 ? good.Length : window;
        var edits = Gen.Zip(Gen.Choose(0, reach - 1), Gen.Choose(0, 255)).ListOf().Resize(6).ToArbitrary();
        Prop.ForAll(edits, list =>
        {
            var bad = (byte[])good.Clone();
            foreach (var (at, value) in list)
            {
                bad[at] = (byte)value;
            }

            ReadOrRefuse(bad);
        }).Check(Config.QuickThrowOnFailure.WithReplay(1, 3).WithMaxTest(400));
    }

    [Theory]
    [InlineData("partial_framestride.ckpt")]
    [InlineData("partial_legacy.ckpt")]
    [InlineData("forward.safetensors")]
    public void Truncated_files_are_refused(string name)
    {
        var good = File.ReadAllBytes(CheckpointFiles.Micro(name));
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var length = i < 64 ? i : i < 128 ? good.Length - 1 - (i - 64) : random.Next(good.Length);
            CheckpointFiles.Refusal(good.AsSpan(0, length));
        }
    }

    [Fact]
    public void The_tail_of_a_zip_file_is_read_or_refused()
    {
        var good = File.ReadAllBytes(CheckpointFiles.Micro("partial_framestride.ckpt"));
        var random = new Random(6);
        for (var i = 0; i < 600; i++)
        {
            var bad = (byte[])good.Clone();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                bad[^random.Next(1, 1600)] = (byte)random.Next(256);
            }

            ReadOrRefuse(bad);
        }
    }

    [Fact]
    public void Random_opcodes_are_read_or_refused()
    {
        var opcodes = "(.NJKMGXt)]ae}suqrhjcRbQ"u8.ToArray().Concat(new byte[] { 0x80, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8d, 0x8f, 0x90, 0x91, 0x93, 0x94, 0x95 }).ToArray();
        var random = new Random(8);
        for (var i = 0; i < 20_000; i++)
        {
            var pickle = new byte[random.Next(1, 60)];
            for (var b = 0; b < pickle.Length; b++)
            {
                pickle[b] = random.Next(3) == 0 ? (byte)random.Next(12) : opcodes[random.Next(opcodes.Length)];
            }

            try
            {
                PickleReader.Read(pickle, _ => new PickleStorage(ElementType.Float32, "0", 4), out var length);
                Assert.InRange(length, 1, pickle.Length);
            }
            catch (CheckpointException)
            {
            }
        }
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        CheckpointFiles.Temporary(bytes, path =>
        {
            try
            {
                using var checkpoint = Checkpoint.Open(path);
                foreach (var entry in checkpoint.Entries)
                {
                    checkpoint.Bytes(entry);
                }
            }
            catch (CheckpointException e)
            {
                Assert.StartsWith(path + ": ", e.Message);
            }
        });
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
    }
}

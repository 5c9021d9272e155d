namespace WorldModelActors.Models.Tests.Checkpoints;

public sealed class CheckpointConverterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wma-convert").FullName;

    private string Target => Path.Combine(_folder, "model.safetensors");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("micro.ckpt")]
    [InlineData("partial_framestride.ckpt")]
    [InlineData("partial_legacy.ckpt")]
    public void Every_number_survives(string name)
    {
        using var source = Checkpoint.Open(CheckpointFiles.Micro(name));
        var steps = new List<(long Done, long Total)>();
        var result = CheckpointConverter.Convert(source, Target, new ConversionOptions(), new Recorder(steps), Cancellation);
        using var converted = Checkpoint.Open(Target);

        Assert.Equal(CheckpointFormat.Safetensors, converted.Format);
        Assert.Equal(source.Entries.Count, result.Tensors);
        Assert.Equal(0, result.Narrowed);
        Assert.Equal((result.Bytes, result.Bytes), steps[^1]);
        Assert.Equal(source.Entries.Select(e => e.Name).Order(StringComparer.Ordinal), converted.Entries.Select(e => e.Name).Order(StringComparer.Ordinal));
        Assert.All(source.Entries, e =>
        {
            Assert.Equal(e.Shape, converted.Entry(e.Name).Shape);
            Assert.Equal(e.Type, converted.Entry(e.Name).Type);
            Assert.Equal(source.Bytes(e).ToArray(), converted.Bytes(converted.Entry(e.Name)).ToArray());
        });
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    public void Parameters_are_narrowed_and_buffers_are_not(ElementType type)
    {
        using var source = Checkpoint.Open(CheckpointFiles.Micro("micro.ckpt"));
        CheckpointConverter.Convert(source, Target, new ConversionOptions { ParameterType = type }, null, Cancellation);
        using var converted = Checkpoint.Open(Target);
        Assert.All(converted.Entries, e => Assert.Equal(CheckpointComponents.IsBuffer(e.Name) ? ElementType.Float32 : type, e.Type));
        var name = "model.diffusion_model.out.2.weight";
        var expected = source.ReadFloats(name).Select(v => type == ElementType.Float16 ? (float)(Half)v : BitConverter.UInt32BitsToSingle((uint)ElementConversion.BFloat16Bits(v) << 16));
        Assert.Equal(expected, converted.ReadFloats(name));
        Assert.Equal(source.ReadFloats("betas"), converted.ReadFloats("betas"));
    }

    [Fact]
    public void Keys_that_the_model_never_reads_can_be_left_out()
    {
        using var source = Checkpoint.Open(RepositoryFiles.Demo("model.safetensors"));
        var schema = WeightSchema.Of(DemoModel.Options);
        var result = CheckpointConverter.Convert(source, Target, new ConversionOptions { KeepUsedBy = schema }, null, Cancellation);
        Assert.Contains("cond_stage_model.model.logit_scale", result.Dropped);
        Assert.Contains("cond_pos_emb", result.Dropped);
        using var converted = Checkpoint.Open(Target);
        Assert.Equal(source.Entries.Count, converted.Entries.Count + result.Dropped.Count);
        Assert.Equal("0.166862", converted.Extras["scale_factor"]);
        Assert.True(CheckpointReport.Create(converted, schema).Fits);
    }

    [Fact]
    public void Numbers_too_large_for_float16_are_refused()
    {
        using var writerFile = new TemporaryCheckpoint([1f, 70000f]);
        using var source = Checkpoint.Open(writerFile.Path);
        var message = Assert.Throws<CheckpointException>(
            () => CheckpointConverter.Convert(source, Target, new ConversionOptions { ParameterType = ElementType.Float16 }, null, Cancellation)).Message;
        Assert.Contains("'w' holds 70000, too large for float16; use bfloat16", message);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_cancelled_or_impossible_conversion_leaves_nothing()
    {
        using var source = Checkpoint.Open(CheckpointFiles.Micro("partial_legacy.ckpt"));
        Assert.ThrowsAny<OperationCanceledException>(() => CheckpointConverter.Convert(source, Target, new ConversionOptions(), null, new CancellationToken(true)));
        Assert.Contains("would overwrite", Assert.Throws<CheckpointException>(() => CheckpointConverter.Convert(source, source.Path, new ConversionOptions(), null, Cancellation)).Message);
        Assert.Contains("cannot be written", Assert.Throws<CheckpointException>(() => CheckpointConverter.Convert(source, "/nonexistent/x.safetensors", new ConversionOptions(), null, Cancellation)).Message);
        Assert.Contains("use float16", Assert.Throws<CheckpointException>(() => CheckpointConverter.Convert(source, Target, new ConversionOptions { ParameterType = ElementType.Int8 }, null, Cancellation)).Message);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private sealed class Recorder(List<(long, long)> steps) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => steps.Add(value);
    }

    private sealed class TemporaryCheckpoint : IDisposable
    {
        public TemporaryCheckpoint(float[] values)
            => new SafetensorsWriter().Add("w", [values.Length], values).Save(Path, null, TestContext.Current.CancellationToken);

        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"wma-{Guid.NewGuid():N}.safetensors");

        public void Dispose() => File.Delete(Path);
    }
}

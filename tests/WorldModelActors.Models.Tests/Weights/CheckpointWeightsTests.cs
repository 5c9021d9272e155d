using WorldModelActors.Models.Tests.Checkpoints;

namespace WorldModelActors.Models.Tests.Weights;

[Collection(LiveTensorsCollection.Name)]
public class CheckpointWeightsTests
{
    [Fact]
    public void A_matching_type_lies_on_the_file_and_everything_is_released_at_the_end()
    {
        var before = Tensor.TotalCount;
        var checkpoint = Checkpoint.Open(CheckpointFiles.Micro("micro.ckpt"));
        var manifest = CheckpointFiles.Manifest();
        using (var weights = new CheckpointWeights(checkpoint, ownsCheckpoint: true))
        {
            using (NewDisposeScope())
            {
                foreach (var (name, entry) in manifest)
                {
                    weights.Parameter(name, entry.Shape);
                }
            }

            weights.Complete();
            foreach (var entry in checkpoint.Entries.Where(e => e.Count > 0))
            {
                // TorchSharp has no tensors on mapped files.
                Assert.Equal(!HostMemory.Copies, checkpoint.Mapping.Address(entry.Offset) == weights.Parameter(entry.Name, entry.Shape.ToArray()).DataPointer);
            }

            Assert.Equal(manifest.Values.Sum(e => e.Shape.Aggregate(1L, (a, b) => a * b)), weights.Schema.ParameterCount);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Parameters_take_the_compute_type_and_buffers_stay_float32()
    {
        using var weights = CheckpointWeights.Open(CheckpointFiles.Micro("mp_rank_00_model_states.pt"), dtype: ScalarType.BFloat16);
        using var full = Checkpoint.Open(CheckpointFiles.Micro("micro.ckpt"));
        using var file = Checkpoint.Open(CheckpointFiles.Micro("mp_rank_00_model_states.pt"));
        var matrix = file.Entries.First(e => e.Shape.Count > 1);
        var vector = file.Entries.First(e => e.Shape.Count == 1);

        Assert.Equal(ScalarType.BFloat16, weights.Parameter(matrix.Name, [.. matrix.Shape]).dtype);
        var buffer = weights.Buffer(vector.Name, [.. vector.Shape]);
        Assert.Equal(ScalarType.Float32, buffer.dtype);
        Assert.Equal(full.ReadFloats(vector.Name), buffer.data<float>().ToArray());
    }

    [Fact]
    public void Scopes_add_their_prefix_and_the_same_key_is_the_same_tensor()
    {
        using var weights = CheckpointWeights.Open(CheckpointFiles.Micro("micro.ckpt"));
        var scope = weights.Scope("model").Scope("diffusion_model");
        Assert.Equal("model.diffusion_model.", scope.Prefix);
        Assert.Equal([4L], scope.Parameter("out.2.bias", 4).shape);
        Assert.Same(scope.Parameter("out.2.bias", 4), weights.Parameter("model.diffusion_model.out.2.bias", 4));
        scope.Unused("somewhere", [2, 3], isBuffer: true);
        Assert.True(weights.Schema.TryGet("model.diffusion_model.somewhere", out var unused));
        Assert.False(unused.IsUsed);
        Assert.True(unused.IsBuffer);
        Assert.Throws<InvalidOperationException>(() => scope.Parameter("out.2.bias", 5));
    }

    [Fact]
    public void Views_of_one_storage_are_converted_once_and_made_dense()
    {
        var archive = new PickleBytes().Op("}");
        foreach (var name in new[] { "a", "b" })
        {
            archive.Text(name).Tensor("0", "FloatStorage", 6, 0, [3, 2], [1, 3]).Op("s");
        }

        var storage = new byte[24];
        Buffer.BlockCopy(new float[] { 0, 1, 2, 3, 4, 5 }, 0, storage, 0, 24);
        CheckpointFiles.Temporary(PickleBytes.Archive(archive.Stop(), new() { ["0"] = storage }), path =>
        {
            using var weights = CheckpointWeights.Open(path);
            var a = weights.Parameter("a", 3, 2);
            Assert.Same(a, weights.Parameter("b", 3, 2));
            Assert.True(a.is_contiguous());
            Assert.Equal([0f, 3, 1, 4, 2, 5], a.data<float>().ToArray());
            Assert.Equal(24, weights.ByteCount);
        });
    }

    [Fact]
    public void Everything_that_does_not_fit_is_one_error()
    {
        using var weights = CheckpointWeights.Open(CheckpointFiles.Micro("partial_legacy.ckpt"));
        using var file = Checkpoint.Open(CheckpointFiles.Micro("partial_legacy.ckpt"));
        var scope = weights.Scope("model").Scope("diffusion_model");
        Assert.Equal([128L, 32L], scope.Parameter("time_embed.0.weight", 128, 32).shape);
        Assert.Equal([64L], scope.Parameter("time_embed.0.bias", 64).shape);
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal([1L << 40, 2L], scope.Parameter($"input_blocks.{i}.0.weight", 1L << 40, 2).shape);
        }

        var message = Assert.Throws<CheckpointException>(() => weights.Complete()).Message;
        Assert.Contains("does not fit the model: 30 keys missing, 1 key of another shape, 4 keys unknown", message);
        Assert.Contains("missing (30; backbone 30): model.diffusion_model.input_blocks.0.0.weight, ", message);
        Assert.Contains("... and 10 more", message);
        Assert.Contains("model.diffusion_model.time_embed.0.bias [128] instead of [64]", message);
        Assert.Contains("unknown (4): ", message);
        Assert.Contains("--model", message);
        Assert.DoesNotContain("unknown (", Assert.Throws<CheckpointException>(() => weights.Complete(allowExtra: true)).Message);
    }

    [Fact]
    public void Unused_keys_may_be_absent_and_are_not_unknown()
    {
        using var weights = CheckpointWeights.Open(CheckpointFiles.Micro("partial_legacy.ckpt"));
        using var file = Checkpoint.Open(CheckpointFiles.Micro("partial_legacy.ckpt"));
        foreach (var entry in file.Entries)
        {
            weights.Unused(entry.Name, [.. entry.Shape]);
        }

        weights.Unused("dp_ema_model.x", [1]);
        weights.Complete();
        Assert.Equal(0, weights.ByteCount);
    }

    [Theory]
    [InlineData(new[] { "a", "b", "c" }, "c")]
    [InlineData(new[] { "a", "b" }, "b")]
    [InlineData(new[] { "a" }, "a")]
    public void Of_a_repeated_tensor_the_last_copy_is_read(string[] stored, string read)
    {
        using var file = new RepeatedTensor(stored);
        using var weights = CheckpointWeights.Open(file.Path);
        weights.Repeated("c", "b", [2]);
        weights.Repeated("c", "a", [2]);
        Assert.Equal(RepeatedTensor.Of(read), weights.Parameter("c", 2).data<float>().ToArray());
        weights.Complete();
        Assert.Equal(2, weights.Schema.ParameterCount);

        using var checkpoint = Checkpoint.Open(file.Path);
        var report = CheckpointReport.Create(checkpoint, weights.Schema);
        Assert.True(report.Fits);
        Assert.DoesNotContain(report.Missing, k => k.IsUsed);

        using var target = new RepeatedTensor([]);
        var result = CheckpointConverter.Convert(
            checkpoint, target.Path, new ConversionOptions { KeepUsedBy = weights.Schema }, null, TestContext.Current.CancellationToken);
        Assert.Equal(stored.Where(name => name != read), result.Dropped);
        using var converted = CheckpointWeights.Open(target.Path);
        converted.Repeated("c", "b", [2]);
        converted.Repeated("c", "a", [2]);
        Assert.Equal(RepeatedTensor.Of(read), converted.Parameter("c", 2).data<float>().ToArray());
    }

    [Fact]
    public void A_repeated_tensor_of_which_no_copy_is_there_is_missing_by_its_own_name()
    {
        using var file = new RepeatedTensor(["d"]);
        using var weights = CheckpointWeights.Open(file.Path);
        weights.Repeated("c", "a", [2]);
        weights.Parameter("c", 2);
        Assert.Contains("missing (1): c", Assert.Throws<CheckpointException>(() => weights.Complete()).Message);
    }

    /// <summary>
    /// The demo checkpoint keeps the copies of the shared soft-max blocks in float32 and their first ones rounded to float16; PyTorch
    /// computes with the copies, which it loads last.
    /// </summary>
    [Fact]
    public void The_heads_of_the_demo_model_read_the_last_copies()
    {
        using var scope = NewDisposeScope();
        using var checkpoint = Checkpoint.Open(RepositoryFiles.Demo("model.safetensors"));
        using var weights = new CheckpointWeights(checkpoint);
        var options = DemoModel.Options.UNet;
        var scopeOfHead = weights.Scope("model").Scope("diffusion_model").Scope("action_unet");
        var head = new ConditionalUnet1D(scopeOfHead, options.Head, [.. options.ChannelMult.Select(m => m * options.ModelChannels)]);
        Assert.NotNull(head);
        string[] read = [.. weights.Schema.StoredNames(name => checkpoint.TryGet(name, out _)).Where(n => n.EndsWith("nets.weight", StringComparison.Ordinal) && n.Contains("_blocks."))];
        Assert.Equal([.. new[] { 8, 7, 6, 5 }.Select(i => $"model.diffusion_model.action_unet.spatial_softmax_blocks.{i}.nets.weight")], read);
        Assert.All(read, name => Assert.Equal(ElementType.Float32, checkpoint.Entry(name).Type));
    }

    /// <summary>A safetensors file of tensors [2] whose numbers tell the name.</summary>
    private sealed class RepeatedTensor : IDisposable
    {
        public RepeatedTensor(IReadOnlyList<string> names)
        {
            if (names.Count > 0)
            {
                var writer = new SafetensorsWriter();
                foreach (var name in names)
                {
                    writer.Add(name, [2], Of(name));
                }

                writer.Save(Path);
            }
        }

        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"wma-{Guid.NewGuid():N}.safetensors");

        public static float[] Of(string name) => [name[0], 1f / name[0]];

        public void Dispose() => File.Delete(Path);
    }
}

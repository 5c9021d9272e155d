using System.Security.Cryptography;

namespace WorldModelActors.Models.Tests.Checkpoints;

/// <summary>The reference implementation's checkpoint files (tests/golden/micro), byte for byte.</summary>
public class MicroCheckpointTests
{
    [Fact]
    public void Every_tensor_of_the_lightning_checkpoint_has_the_recorded_shape_and_bytes()
    {
        using var checkpoint = Checkpoint.Open(CheckpointFiles.Micro("micro.ckpt"));
        var manifest = CheckpointFiles.Manifest();

        Assert.Equal(CheckpointFormat.TorchZip, checkpoint.Format);
        Assert.Equal(CheckpointContainer.StateDict, checkpoint.Container);
        Assert.Equal(manifest.Keys, checkpoint.Entries.Select(e => e.Name));
        Assert.All(checkpoint.Entries, entry =>
        {
            Assert.Equal(manifest[entry.Name].Shape, entry.Shape);
            Assert.Equal(manifest[entry.Name].Dtype, entry.Type.TorchName());
            Assert.Equal(manifest[entry.Name].Sha256, Digest(checkpoint.Bytes(entry)));
        });
    }

    [Fact]
    public void What_stands_beside_the_state_dict_is_listed()
    {
        using var checkpoint = Checkpoint.Open(CheckpointFiles.Micro("micro.ckpt"));
        Assert.Equal("3", checkpoint.Extras["epoch"]);
        Assert.Equal("12345", checkpoint.Extras["global_step"]);
        Assert.Equal("'1.9.3'", checkpoint.Extras["pytorch-lightning_version"]);
        Assert.Equal("dict of 1", checkpoint.Extras["hyper_parameters"]);
    }

    [Fact]
    public void The_deepspeed_file_loses_its_prefix_and_holds_bfloat16_rounded_to_nearest_even()
    {
        using var deepSpeed = Checkpoint.Open(CheckpointFiles.Micro("mp_rank_00_model_states.pt"));
        using var full = Checkpoint.Open(CheckpointFiles.Micro("micro.ckpt"));

        Assert.Equal(CheckpointContainer.DeepSpeedModule, deepSpeed.Container);
        Assert.NotEmpty(deepSpeed.Entries);
        Assert.All(deepSpeed.Entries, entry =>
        {
            Assert.Equal("_forward_module." + entry.Name, entry.StoredName);
            Assert.Equal(entry.Shape.Count > 1 ? ElementType.BFloat16 : ElementType.Float32, entry.Type);
            var original = full.ReadFloats(entry.Name);
            if (entry.Type == ElementType.BFloat16)
            {
                var rounded = new byte[2 * original.Length];
                ElementConversion.FromSingle(original, ElementType.BFloat16, rounded);
                Assert.Equal(rounded, deepSpeed.Bytes(entry).ToArray());
            }
            else
            {
                Assert.Equal(original, deepSpeed.ReadFloats(entry.Name));
            }
        });
    }

    [Fact]
    public void The_old_name_framestride_embed_becomes_fps_embedding()
    {
        using var partial = Checkpoint.Open(CheckpointFiles.Micro("partial_framestride.ckpt"));
        using var full = Checkpoint.Open(CheckpointFiles.Micro("micro.ckpt"));
        var renamed = partial.Entries.Where(e => e.StoredName.Contains("framestride_embed")).ToList();

        Assert.NotEmpty(renamed);
        Assert.All(renamed, e => Assert.Equal(full.ReadFloats(e.StoredName.Replace("framestride_embed", "fps_embedding")), partial.ReadFloats(e.Name)));
        Assert.DoesNotContain(partial.Entries, e => e.Name.Contains("framestride_embed"));
    }

    [Fact]
    public void Views_shared_storages_and_every_dtype_are_rebuilt()
    {
        using var checkpoint = Checkpoint.Open(CheckpointFiles.Micro("partial_framestride.ckpt"));
        var extra = checkpoint.Entries.Where(e => e.Name.StartsWith("extra.")).ToDictionary(e => e.Name["extra.".Length..]);
        var arange = Enumerable.Range(0, 24).Select(i => (float)i).ToArray();

        var shared = Assert.Single(extra.Values, e => e.Shape.SequenceEqual([4L, 6L]) && e.Type == ElementType.Float32 && e.IsContiguous);
        Assert.Equal(arange, checkpoint.ReadFloats(shared.Name));

        var transposed = Assert.Single(extra.Values, e => e.Shape.SequenceEqual([6L, 4L]));
        Assert.False(transposed.IsContiguous);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)((i % 4 * 6) + (i / 4))), checkpoint.ReadFloats(transposed.Name));
        Assert.Equal(shared.Offset, transposed.Offset);

        var rows = Assert.Single(extra.Values, e => e.Shape.SequenceEqual([2L, 6L]) && e.Type == ElementType.Float32);
        Assert.Equal(arange[6..18], checkpoint.ReadFloats(rows.Name));
        Assert.Equal(shared.Offset + (6 * 4), rows.Offset);

        Assert.Contains(extra.Values, e => e.Type == ElementType.Float16);
        Assert.Contains(extra.Values, e => e.Type == ElementType.Int64);
        Assert.Contains(extra.Values, e => e.Type == ElementType.Bool);
        var scalar = Assert.Single(extra.Values, e => e.Shape.Count == 0);
        Assert.Single(checkpoint.ReadFloats(scalar.Name));
    }

    [Fact]
    public void The_old_serialisation_gives_the_same_tensors()
    {
        using var legacy = Checkpoint.Open(CheckpointFiles.Micro("partial_legacy.ckpt"));
        var manifest = CheckpointFiles.Manifest();

        Assert.Equal(CheckpointFormat.TorchLegacy, legacy.Format);
        Assert.Equal(6, legacy.Entries.Count);
        Assert.All(legacy.Entries, e => Assert.Equal(manifest[e.Name].Sha256, Digest(legacy.Bytes(e))));
    }

    [Fact]
    public void The_format_is_told_by_content_and_not_by_name()
    {
        foreach (var (name, format) in new[]
                 {
                     ("partial_framestride.ckpt", CheckpointFormat.TorchZip), ("partial_legacy.ckpt", CheckpointFormat.TorchLegacy), ("forward.safetensors", CheckpointFormat.Safetensors),
                 })
        {
            CheckpointFiles.Temporary(File.ReadAllBytes(CheckpointFiles.Micro(name)), path =>
            {
                using var checkpoint = Checkpoint.Open(path);
                Assert.Equal(format, checkpoint.Format);
            }, extension: "bin");
        }
    }

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..32];
}

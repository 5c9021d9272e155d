using System.Text.Json.Nodes;

namespace WorldModelActors.Verify.Tests;

/// <summary>The verifier finds what is wrong, and says where.</summary>
public sealed class DamageTests
{
    private const string Embeddings = "mod_timestep_embedding.safetensors";
    private const string Schedules = "schedules.safetensors";

    [Fact]
    public void An_undamaged_copy_passes()
    {
        using var set = new SetCopy(Embeddings, Schedules);
        Assert.All(set.Verify(), r => Assert.Equal(GoldenStatus.Passed, r.Status));
    }

    [Theory]
    [InlineData(2e-5)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_changed_number_fails_its_tensor_alone(double change)
    {
        using var set = new SetCopy(Embeddings);
        set.Rewrite(Embeddings, (name, values) => name == "out_dim33" ? [.. values.Select((v, i) => (float)(v + (i % 2 == 0 ? change : 0)))] : values);
        var failure = Assert.Single(set.Verify(), r => r.Status == GoldenStatus.Failed);
        Assert.Equal((Embeddings, "out_dim33"), (failure.File, failure.Check));
        Assert.False(failure.RelativeL2 <= 1e-5);
    }

    [Fact]
    public void A_change_below_the_tolerance_passes()
    {
        using var set = new SetCopy(Embeddings);
        set.Rewrite(Embeddings, (_, values) => [.. values.Select(v => v * (1 + 2e-6f))]);
        Assert.All(set.Verify(), r => Assert.Equal(GoldenStatus.Passed, r.Status));
    }

    [Fact]
    public void A_single_wrong_step_of_a_run_fails_the_run()
    {
        using var set = new SetCopy(Schedules);
        const string name = "head.S10.uniform.samples_after";
        set.Rewrite(Schedules, (n, values) => n == name ? [.. values.Select((v, i) => i / 256 == 3 ? v * 1.0001f : v)] : values);
        var failure = Assert.Single(set.Verify(), r => r.Status == GoldenStatus.Failed);
        Assert.Equal(name, failure.Check);
        Assert.Contains("number 3", failure.Note);
    }

    [Fact]
    public void A_tensor_that_no_check_knows_is_a_failure()
    {
        using var set = new SetCopy(Embeddings);
        set.Rewrite(Embeddings, (_, values) => values, ("mystery", [1], [1f]));
        var failure = Assert.Single(set.Verify(), r => r.Status == GoldenStatus.Failed);
        Assert.Equal("mystery", failure.Check);
        Assert.Contains("not verified", failure.Note);
    }

    [Fact]
    public void A_tensor_that_the_index_lists_and_the_file_lacks_is_a_failure()
    {
        using var set = new SetCopy(Embeddings);
        set.Rewrite(Embeddings, (name, values) => name == "out_dim32" ? null : values);
        var failure = Assert.Single(set.Verify(), r => r.Status == GoldenStatus.Failed);
        Assert.Equal("out_dim32", failure.Check);
    }

    [Fact]
    public void A_missing_file_is_a_failure_unless_it_is_the_model()
    {
        using var set = new SetCopy(Embeddings, "model.safetensors", "ddim_b_eta1.safetensors");
        File.Delete(set.PathOf(Embeddings));
        var results = set.Verify();
        Assert.Equal(GoldenStatus.Failed, Assert.Single(results, r => r.File == Embeddings).Status);
        Assert.Equal(GoldenStatus.Skipped, Assert.Single(results, r => r.File == "model.safetensors").Status);
        var dependant = Assert.Single(results, r => r.File == "ddim_b_eta1.safetensors");
        Assert.Equal(GoldenStatus.Skipped, dependant.Status);
        Assert.Contains("needs model.safetensors, which is not in this directory (10 tensors left out)", dependant.Note);
    }

    [Fact]
    public void A_damaged_file_is_a_failure_that_names_it()
    {
        using var set = new SetCopy(Embeddings, Schedules);
        File.WriteAllText(set.PathOf(Embeddings), "no safetensors file");
        var results = set.Verify();
        var failure = Assert.Single(results, r => r.Status == GoldenStatus.Failed);
        Assert.Equal(Embeddings, failure.File);
        Assert.Contains(results, r => r.File == Schedules && r.Status == GoldenStatus.Passed);
    }

    [Fact]
    public void A_file_of_an_unknown_kind_is_a_failure()
    {
        using var set = new SetCopy(Embeddings);
        File.Copy(set.PathOf(Embeddings), set.PathOf("novelty.safetensors"));
        set.Index(index => index["novelty.safetensors"] = new JsonObject { ["what"] = "something new", ["upstream"] = "nobody" });
        var failures = set.Verify().Where(r => r.Status == GoldenStatus.Failed).ToList();
        Assert.Contains("no check knows this kind of file", Assert.Single(failures).Note);
    }

    [Fact]
    public void A_set_of_other_sizes_is_verified_by_its_own_names()
    {
        const int dim = 6;
        using var set = new SetCopy(Embeddings);
        long[] timesteps;
        using (var file = SafetensorsFile.Open(set.PathOf(Embeddings)))
        {
            timesteps = file.ReadInt64s("timesteps");
        }

        float[] Row(long t)
        {
            var angles = Enumerable.Range(0, dim / 2).Select(i => t * Math.Exp(-Math.Log(10000) * i / (dim / 2))).ToList();
            return [.. angles.Select(Math.Cos).Concat(angles.Select(Math.Sin)).Select(v => (float)v)];
        }

        set.Rewrite(Embeddings, (_, _) => null, ($"out_dim{dim}", [timesteps.Length, dim], [.. timesteps.SelectMany(Row)]));
        set.Index(index => index[Embeddings]!["tensors"] = new JsonObject { [$"out_dim{dim}"] = new JsonObject() });
        var result = Assert.Single(set.Verify());
        Assert.Equal(($"out_dim{dim}", GoldenStatus.Passed), (result.Check, result.Status));
    }

    [Theory]
    [InlineData("micro/partial_legacy.ckpt")]
    [InlineData("micro/mp_rank_00_model_states.pt")]
    public void A_flipped_byte_of_a_checkpoint_is_found(string file)
    {
        using var set = new SetCopy("micro/micro.ckpt", "micro/manifest.json", file);
        File.Copy(Path.Combine(GoldenDirectories.Repository, "micro", "config.json"), set.PathOf("micro/config.json"));
        var bytes = File.ReadAllBytes(set.PathOf(file));
        bytes[bytes.Length * 3 / 4] ^= 0x10;
        File.WriteAllBytes(set.PathOf(file), bytes);
        var failure = Assert.Single(set.Verify(), r => r.Status == GoldenStatus.Failed);
        Assert.Equal(file, failure.File);
        Assert.Contains("1 of", failure.Note);
    }

    [Fact]
    public void A_folder_that_is_neither_set_nor_model_is_refused_in_one_line()
    {
        var folder = Directory.CreateTempSubdirectory("wma-verify-");
        try
        {
            Assert.Contains("neither index.json", Refusal(folder.FullName));
            File.WriteAllText(Path.Combine(folder.FullName, "index.json"), "[]");
            Assert.Contains("index.json: cannot be read", Refusal(folder.FullName));
            Assert.Contains("no such directory", Refusal(folder.FullName + "/none"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Refusal(string folder) => Assert.Throws<VerifyException>(() => GoldenVerifier.Open(folder)).Message;
}

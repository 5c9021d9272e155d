using WorldModelActors.Torch;

namespace WorldModelActors.EndToEnd.Tests;

/// <summary>Whatever is wrong: exit code 2 and one line that names it, before any work is done.</summary>
public sealed class BadInputTests
{
    private static readonly string[] s_demo = ["rollout", "--model", RepositoryPaths.DemoModel, "--prompts", RepositoryPaths.DemoPrompts, "--frame-stride", "1", "--episode", "0"];

    [Theory]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("rollout --frobnicate", "--frobnicate")]
    [InlineData("rollout", "--model")]
    [InlineData("inspect", "FILE")]
    [InlineData("convert in.ckpt out.safetensors --dtype float12", "float12")]
    [InlineData("convert in.ckpt out.safetensors --model /nowhere/model", "--drop-unused")]
    [InlineData("rollout --model /nowhere/model", "/nowhere/model")]
    [InlineData("inspect /nowhere/model.ckpt", "/nowhere/model.ckpt")]
    [InlineData("verify /nowhere/golden", "/nowhere/golden")]
    [InlineData("status --store /nowhere/store.sqlite", "/nowhere/store.sqlite")]
    [InlineData("resume --store /nowhere/store.sqlite", "wma submit")]
    [InlineData("node --store mysql://db/wma", "mysql")]
    [InlineData("node --store postgres://localhost:1/wma", "--state")]
    [InlineData("node --store postgres://me:secret@localhost:1/wma --state /tmp", "PGPASSWORD")]
    [InlineData("node --lease 1ms", "--lease")]
    [InlineData("store check --store /etc/passwd", "/etc/passwd")]
    [InlineData("submit", "--name")]
    [InlineData("submit /nowhere/sweep.yaml", "/nowhere/sweep.yaml")]
    [InlineData("sweep /nowhere/sweep.yaml", "/nowhere/sweep.yaml")]
    [InlineData("cancel --store /nowhere/store.sqlite", "--all")]
    public async Task Wrong_usage_and_missing_files(string arguments, string named) => await IsRefusedAsync(named, arguments.Split(' '));

    [Theory]
    [InlineData("--iterations", "0")]
    [InlineData("--iterations", "many")]
    [InlineData("--ddim-steps", "100000")]
    [InlineData("--ddim-eta", "2")]
    [InlineData("--guidance-scale", "NaN")]
    [InlineData("--guidance-rescale", "-1")]
    [InlineData("--timestep-spacing", "linear")]
    [InlineData("--exe-steps", "17")]
    [InlineData("--frame-stride", "0")]
    [InlineData("--frame-stride", "100")]
    [InlineData("--seed", "-5")]
    [InlineData("--fps", "0")]
    [InlineData("--fps", "1e9")]
    [InlineData("--codec", "nope!")]
    [InlineData("--device", "tpu")]
    [InlineData("--dtype", "int8")]
    [InlineData("--threads", "-1")]
    [InlineData("--noise", "pink")]
    [InlineData("--random-weights", "x")]
    [InlineData("--dataset", "other")]
    [InlineData("--episode", "99")]
    [InlineData("--ckpt", "/nowhere/weights.ckpt")]
    [InlineData("--clip-vocab", "/nowhere/merges.txt")]
    [InlineData("--prompts", "/nowhere/prompts")]
    [InlineData("--config", "/nowhere/my.conf")]
    public async Task Absurd_values_name_the_flag_or_the_value(string flag, string value)
    {
        var line = await IsRefusedAsync(null, [.. s_demo.Where((_, i) => flag is not "--prompts" || i is not (3 or 4)), flag, value]);

        Assert.True(line.Contains(flag.TrimStart('-'), StringComparison.Ordinal) || line.Contains(value, StringComparison.Ordinal), line);
    }

    [Theory]
    [InlineData("model: [", "config.yaml")]
    [InlineData("just text", "config.yaml")]
    [InlineData("model:\n  target: os.system\n  params: {}\n", "os.system")]
    public async Task A_bad_model_configuration_is_named(string yaml, string named)
    {
        using var folder = new TemporaryFolder();
        var model = folder.CopyModel();
        File.WriteAllText(Path.Combine(model, "config.yaml"), yaml);

        await IsRefusedAsync(named, [.. s_demo, "--model", model]);
    }

    [Fact]
    public async Task Weights_of_another_shape_are_listed_by_key()
    {
        using var folder = new TemporaryFolder();
        var path = folder["weights.safetensors"];
        new SafetensorsWriter().Add("agent_action_pos_emb", [1, 16, 7], new float[16 * 7]).Add("surprise", [2], new float[2]).Save(path, cancellation: TestContext.Current.CancellationToken);

        var line = await IsRefusedAsync("agent_action_pos_emb", [.. s_demo, "--ckpt", path, "--out", folder["out"]]);

        Assert.Contains("surprise", line);
        Assert.Contains(path, line);
    }

    [Fact]
    public async Task A_pickle_that_would_run_code_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var marker = folder["ran"];
        var path = folder["weights.ckpt"];
        await File.WriteAllBytesAsync(path, [0x80, 2, .. System.Text.Encoding.ASCII.GetBytes($"cos\nsystem\n(S'touch {marker}'\ntR.")], TestContext.Current.CancellationToken);

        await IsRefusedAsync("weights.ckpt", "inspect", path);

        Assert.False(File.Exists(marker));
    }

    [Fact]
    public async Task A_directory_without_weights_says_how_to_give_them()
    {
        using var folder = new TemporaryFolder();
        var model = folder.CopyModel();
        File.Delete(Path.Combine(model, "model.safetensors"));

        await IsRefusedAsync("--ckpt", [.. s_demo, "--model", model]);
    }

    [Fact]
    public async Task A_missing_vocabulary_says_how_to_give_it()
    {
        using var folder = new TemporaryFolder();
        var model = folder.CopyModel();
        File.Delete(Path.Combine(model, "merges.txt.gz"));

        await IsRefusedAsync("--clip-vocab", [.. s_demo, "--model", model, "--out", folder["out"]]);
    }

    [Theory]
    [InlineData("pushtable.csv", "videoid,fps\n0,10\n", "pushtable.csv")]
    [InlineData("pushtable.csv", "", "pushtable.csv")]
    [InlineData("pushtable.csv", "videoid,contentUrl,duration,data_dir,instruction,dynamic_confidence,dynamic_wording,dynamic_source_category,embodiment,fps\n0,x,x,pushtable,go,x,x,x,arm,fast\n", "fps")]
    [InlineData("pushtable.csv", "videoid,contentUrl,duration,data_dir,instruction,dynamic_confidence,dynamic_wording,dynamic_source_category,embodiment,fps\n../0,x,x,pushtable,go,x,x,x,arm,10\n", "../0")]
    [InlineData("transitions/pushtable/0.h5", "this is no HDF5 file", "0.h5")]
    [InlineData("transitions/pushtable/meta_data/stats.safetensors", "neither this", "stats.safetensors")]
    [InlineData("images/pushtable/0.png", "nor this a picture", "0.png")]
    public async Task Damaged_prompt_data_is_named(string file, string content, string named)
    {
        using var folder = new TemporaryFolder();
        var prompts = folder.CopyPrompts();
        await File.WriteAllTextAsync(Path.Combine(prompts, file), content, TestContext.Current.CancellationToken);

        await IsRefusedAsync(named, [.. s_demo, "--prompts", prompts, "--out", folder["out"]]);
    }

    [Theory]
    [InlineData("transitions/pushtable/0.h5")]
    [InlineData("transitions/pushtable/meta_data/stats.safetensors")]
    [InlineData("images/pushtable/0.png")]
    public async Task Missing_prompt_data_is_named(string file)
    {
        using var folder = new TemporaryFolder();
        var prompts = folder.CopyPrompts();
        File.Delete(Path.Combine(prompts, file));

        await IsRefusedAsync(Path.GetFileName(file), [.. s_demo, "--prompts", prompts, "--out", folder["out"]]);
    }

    [Fact]
    public async Task A_truncated_transition_file_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.CopyPrompts(), "transitions/pushtable/0.h5");
        using (var file = new FileStream(path, FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }

        await IsRefusedAsync("0.h5", [.. s_demo, "--prompts", folder["prompts"], "--out", folder["out"]]);
    }

    [Fact]
    public async Task An_out_folder_that_cannot_be_written_is_named()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("file", "in the way");

        await IsRefusedAsync(file, [.. s_demo, "--out", Path.Combine(file, "out")]);
    }

    [Fact]
    public async Task Convert_does_not_replace_a_file_unasked()
    {
        using var folder = new TemporaryFolder();
        var target = folder.Write("out.safetensors", "precious");

        await IsRefusedAsync("--overwrite", "convert", Path.Combine(RepositoryPaths.DemoModel, "model.safetensors"), target);

        Assert.Equal("precious", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
    }

    /// <summary>The one line that a refused command prints.</summary>
    private static async Task<string> IsRefusedAsync(string? named, params string[] arguments)
    {
        var result = await WmaProcess.RunAsync(arguments);

        Assert.True(result.ExitCode == 2, $"exit code {result.ExitCode}: {result.Error}");
        Assert.Empty(result.Output);
        var line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("wma: ", line);
        Assert.DoesNotContain("   at ", line);
        Assert.DoesNotContain("internal error", line);
        if (named is not null)
        {
            Assert.Contains(named, line);
        }

        return line;
    }
}

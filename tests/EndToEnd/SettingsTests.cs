namespace WorldModelActors.EndToEnd.Tests;

/// <summary>Defaults, then settings files, then flags.</summary>
public sealed class SettingsTests
{
    private const string Short = """
        wma {
          rollout { iterations = 1, exe-steps = 1, frame-stride = [1], episodes = ["2"], seed = ${?SEED_FOR_TEST} }
          sampler.ddim-steps = 1
          media.fps = 12
        }
        """;

    [Fact]
    public async Task A_settings_file_comes_over_the_defaults_and_flags_over_the_file()
    {
        using var folder = new TemporaryFolder();
        var config = folder.Write("my.conf", Short);

        var result = await WmaProcess.RunAsync(
            ["rollout", "--model", RepositoryPaths.DemoModel, "--prompts", RepositoryPaths.DemoPrompts, "--config", config, "--fps", "5", "--out", folder["out"]],
            new Dictionary<string, string> { ["SEED_FOR_TEST"] = "77" });

        Assert.Equal(0, result.ExitCode);
        var episode = new EpisodeFiles(folder["out", "pushtable", "2"]);
        Assert.Equal(77, (int)episode.Record["arguments"]!["seed"]!);
        Assert.Equal(1, (int)episode.Record["arguments"]!["ddim_steps"]!);
        var (frames, fps) = EpisodeFiles.ReadVideo(episode.VideoPath);
        Assert.Single(frames);
        Assert.Equal(5, fps);
    }

    [Theory]
    [InlineData("wma.sampler.ddim-stepz = 4", "ddim-steps")]
    [InlineData("wma.sampler.ddim-steps = many", "wma.sampler.ddim-steps")]
    [InlineData("wma { sampler {", "my.conf")]
    public async Task Wrong_settings_name_key_and_place(string settings, string named)
    {
        using var folder = new TemporaryFolder();
        var config = folder.Write("my.conf", settings);

        var result = await WmaProcess.RunAsync("rollout", "--model", RepositoryPaths.DemoModel, "--prompts", RepositoryPaths.DemoPrompts, "--config", config);

        Assert.Equal(2, result.ExitCode);
        var line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(named, line);
        Assert.Contains("my.conf:1", line);
    }
}

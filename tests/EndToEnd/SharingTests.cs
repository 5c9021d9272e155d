using WorldModelActors.Media;

namespace WorldModelActors.EndToEnd.Tests;

/// <summary>Several episodes at once give what one after the other gives.</summary>
public sealed class SharingTests
{
    private static readonly string[] s_episodes = ["0", "1", "2"];

    [Fact]
    public async Task Three_at_once_give_the_files_of_one_after_the_other()
    {
        using var folder = new TemporaryFolder();
        var alone = await RunAsync(folder["alone"], "--episodes-in-flight", "1");
        var shared = await RunAsync(folder["shared"], "--episodes-in-flight", "3");

        Assert.Equal((0, 0), (alone.ExitCode, shared.ExitCode));
        // In the order of the prompts, whoever ended first.
        Assert.Equal(s_episodes, shared.Output.Split('\n').Where(line => line.Contains("completed", StringComparison.Ordinal)).Select(line => line.Split("pushtable/")[1][..1]));
        foreach (var episode in s_episodes)
        {
            var (one, other) = (new EpisodeFiles(folder["alone", "pushtable", episode]), new EpisodeFiles(folder["shared", "pushtable", episode]));
            Assert.Equal(
                Directory.EnumerateFiles(one.Folder).Select(Path.GetFileName).Order(), Directory.EnumerateFiles(other.Folder).Select(Path.GetFileName).Order());
            var (frames, others) = (EpisodeFiles.ReadVideo(one.VideoPath).Frames, EpisodeFiles.ReadVideo(other.VideoPath).Frames);
            Assert.Equal(4, others.Count);
            foreach (var (a, b) in frames.Zip(others))
            {
                using var expected = Image.Copy(a, 64, 64);
                using var actual = Image.Copy(b, 64, 64);
                Assert.True(PeakSignalToNoise.Of(expected, actual) >= 60, $"episode {episode}");
            }
        }
    }

    [Fact]
    public async Task With_fixed_batches_they_are_equal_to_the_bit()
    {
        using var folder = new TemporaryFolder();
        await RunAsync(folder["alone"], "--deterministic");
        await RunAsync(folder["shared"], "--deterministic", "--episodes-in-flight", "3");

        foreach (var episode in s_episodes)
        {
            var (one, other) = (new EpisodeFiles(folder["alone", "pushtable", episode]), new EpisodeFiles(folder["shared", "pushtable", episode]));
            Assert.Equal(EpisodeFiles.ReadVideo(one.VideoPath).Frames, EpisodeFiles.ReadVideo(other.VideoPath).Frames);
            Assert.Equal(one.Trajectory("action").Values, other.Trajectory("action").Values);
            Assert.Equal(one.Trajectory("state").Values, other.Trajectory("state").Values);
        }
    }

    [Fact]
    public async Task One_that_fails_does_not_stop_the_others()
    {
        using var folder = new TemporaryFolder();
        // A file where the second episode's folder would be.
        folder.Write(Path.Combine("out", "pushtable", "1"), "in the way");
        var result = await RunAsync(folder["out"], "--episodes-in-flight", "2");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("pushtable/1 failed: ", result.Output);
        foreach (var episode in new[] { "0", "2" })
        {
            Assert.Equal("completed", (string)new EpisodeFiles(folder["out", "pushtable", episode]).Record["status"]!);
        }
    }

    [Theory]
    [InlineData("--noise torch draws in the order", "--noise", "torch", "--episodes-in-flight", "2")]
    [InlineData("sees no CUDA device", "--device", "cuda:0,cuda:1")]
    [InlineData("sees no CUDA device", "--device", "cuda:all")]
    [InlineData("cpu is named twice", "--device", "cpu,cpu")]
    [InlineData("cuda:0,cuda:1", "--device", "cpu,gpu")]
    public async Task What_cannot_be_is_one_line(string named, params string[] more)
    {
        using var folder = new TemporaryFolder();
        var result = await RunAsync(folder["out"], more);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(named, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    private static Task<WmaResult> RunAsync(string @out, params string[] more) => WmaProcess.RunAsync(
    [
        "rollout", "--model", Repository.DemoModel, "--prompts", Repository.DemoPrompts, "--episode", .. s_episodes, "--frame-stride", "1",
        "--iterations", "2", "--ddim-steps", "2", "--exe-steps", "2", "--out", @out, .. more,
    ]);
}

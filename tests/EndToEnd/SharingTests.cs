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
            Assert.Equal(4, EpisodeFiles.ReadVideo(other.VideoPath).Frames.Count);
            // The frames as they are before the video's encoder, which makes several levels in a block of what was one in a pixel.
            using var frames = one.ContactSheet();
            using var others = other.ContactSheet();
            for (var frame = 0; frame < 4; frame++)
            {
                using var expected = Tile(frames, frame);
                using var actual = Tile(others, frame);
                Assert.True(PeakSignalToNoise.Of(expected, actual) >= 60, $"episode {episode}, frame {frame}");
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

    /// <summary>A frame on a contact sheet of one row: tiles of 64 pixels, 2 between them and around.</summary>
    private static Image Tile(Image sheet, int number)
    {
        const int side = 64, gap = 2;
        Assert.Equal((side + (2 * gap), (4 * (side + gap)) + gap), (sheet.Height, sheet.Width));
        var tile = new byte[side * side * 3];
        for (var row = 0; row < side; row++)
        {
            sheet.Pixels.Slice((((gap + row) * sheet.Width) + gap + (number * (side + gap))) * 3, side * 3).CopyTo(tile.AsSpan(row * side * 3));
        }

        return Image.Copy(tile, side, side);
    }

    private static Task<WmaResult> RunAsync(string @out, params string[] more) => WmaProcess.RunAsync(
    [
        "rollout", "--model", RepositoryPaths.DemoModel, "--prompts", RepositoryPaths.DemoPrompts, "--episode", .. s_episodes, "--frame-stride", "1",
        "--iterations", "2", "--ddim-steps", "2", "--exe-steps", "2", "--out", @out, .. more,
    ]);
}

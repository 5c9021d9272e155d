using System.Globalization;
using System.Runtime.InteropServices;

namespace WorldModelActors.EndToEnd.Tests;

/// <summary>Ctrl-C and SIGTERM in the middle of a run.</summary>
public sealed class InterruptTests
{
    private const int ExecuteSteps = 2;

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task The_frame_in_hand_is_finished_and_what_is_written_is_kept(PosixSignal signal)
    {
        Assert.SkipWhen(signal == PosixSignal.SIGINT && IsIgnored(2), "SIGINT is ignored by whoever started these tests (a background job), and so it is by their children");
        using var folder = new TemporaryFolder();
        using var process = WmaProcess.Start(
        [
            "rollout", "--model", RepositoryPaths.DemoModel, "--prompts", RepositoryPaths.DemoPrompts, "--episode", "0", "1", "--frame-stride", "1",
            "--iterations", "5000", "--ddim-steps", "2", "--exe-steps", $"{ExecuteSteps}", "--out", folder["out"],
        ]);
        await process.ErrorLineWithAsync("iteration 2/5000 (");

        process.Signal(signal);
        var result = await process.EndAsync();

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("stopping", result.Error);
        Assert.DoesNotContain("   at ", result.Error);
        Assert.Contains("cancelled", result.Output);
        Assert.Contains("not run", result.Output);
        var episode = new EpisodeFiles(folder["out", "pushtable", "0"]);
        var frames = (int)episode.Record["video"]!["frames"]!;
        Assert.Equal("cancelled", (string)episode.Record["status"]!);
        Assert.True(frames >= 2 * ExecuteSteps && frames % ExecuteSteps == 0, $"{frames} frames");
        Assert.Equal(frames, EpisodeFiles.ReadVideo(episode.VideoPath).Frames.Count);
        Assert.Equal([frames, 2], episode.Trajectory("action").Shape);
        using var sheet = episode.ContactSheet();
        Assert.False(Directory.Exists(folder["out", "pushtable", "1"]));
        Assert.Equal(4, Directory.EnumerateFileSystemEntries(episode.Folder).Count());
    }

    /// <summary>Whether this process ignores a signal; children inherit that.</summary>
    private static bool IsIgnored(int signal)
    {
        var line = File.ReadLines("/proc/self/status").First(it => it.StartsWith("SigIgn:", StringComparison.Ordinal));
        return (ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) == 1;
    }
}

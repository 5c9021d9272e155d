using System.Text.Json.Nodes;

namespace WorldModelActors.EndToEnd.Tests;

/// <summary>A short rollout of the demo world model, shared by the tests of its results.</summary>
public sealed class ShortRollout : IAsyncLifetime
{
    public const int ExecuteSteps = 4;
    public const int Iterations = 2;

    private readonly TemporaryFolder _folder = new();

    internal WmaResult Result { get; private set; } = null!;

    internal string Out => _folder["first"];

    internal EpisodeFiles Episode => new(Path.Combine(Out, "pushtable", "0"));

    /// <summary>The same run, with what is added, into a folder beside it.</summary>
    internal static string[] Arguments(string @out, params string[] more) =>
    [
        "rollout", "--model", RepositoryPaths.DemoModel, "--prompts", RepositoryPaths.DemoPrompts, "--episode", "0", "--frame-stride", "1",
        "--iterations", $"{Iterations}", "--ddim-steps", "2", "--exe-steps", $"{ExecuteSteps}", "--fps", "10", "--out", @out, .. more,
    ];

    internal string Beside(string name) => _folder[name];

    public async ValueTask InitializeAsync() => Result = await WmaProcess.RunAsync(Arguments(Out));

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary><c>wma rollout</c> on real input: the files, what is in them, and that a seed fixes them.</summary>
public sealed class RolloutTests(ShortRollout run) : IClassFixture<ShortRollout>
{
    private const int Frames = ShortRollout.Iterations * ShortRollout.ExecuteSteps;

    [Fact]
    public void It_ends_well_and_names_its_files()
    {
        Assert.Equal(0, run.Result.ExitCode);
        foreach (var name in new[] { "video.mp4", "contact-sheet.png", "trajectory.safetensors", "episode.json" })
        {
            Assert.Contains(Path.Combine(run.Episode.Folder, name), run.Result.Output);
            Assert.True(File.Exists(Path.Combine(run.Episode.Folder, name)), name);
        }

        Assert.Contains("completed", run.Result.Output);
        Assert.DoesNotContain("\u001b", run.Result.Output);
        Assert.DoesNotContain("\u001b", run.Result.Error);
        Assert.Contains($"iteration {ShortRollout.Iterations}/{ShortRollout.Iterations}", run.Result.Error);
        Assert.Equal(4, Directory.EnumerateFileSystemEntries(run.Episode.Folder).Count());
    }

    [Fact]
    public void The_video_has_every_executed_frame_at_the_frame_rate()
    {
        var (frames, fps) = EpisodeFiles.ReadVideo(run.Episode.VideoPath);

        Assert.Equal(Frames, frames.Count);
        Assert.Equal(10, fps);
        Assert.All(frames, frame => Assert.Equal(64 * 64 * 3, frame.Length));
    }

    [Fact]
    public void The_contact_sheet_shows_every_frame()
    {
        using var sheet = run.Episode.ContactSheet();

        Assert.Equal(8 * (64 + 2) + 2, sheet.Width);
        Assert.Equal(64 + 2 + 2, sheet.Height);
    }

    [Fact]
    public void The_trajectory_has_every_step_normalised_and_in_robot_units()
    {
        var (actionShape, actions) = run.Episode.Trajectory("action");
        var (normalizedShape, normalized) = run.Episode.Trajectory("action.normalized");

        Assert.Equal([Frames, 2], actionShape);
        Assert.Equal([Frames, 16], normalizedShape);
        Assert.Equal([Frames, 6], run.Episode.Trajectory("state").Shape);
        Assert.Equal([Frames, 16], run.Episode.Trajectory("state.normalized").Shape);
        Assert.Equal([6], run.Episode.Trajectory("start.state").Shape);
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], run.Episode.Trajectory("step.iteration").Values);
        Assert.Equal([0, 1, 2, 3, 0, 1, 2, 3], run.Episode.Trajectory("step.frame").Values);
        for (var row = 0; row < Frames; row++)
        {
            // Ranges of the demo's statistics: x in [4, 60], y in [4, 52].
            Assert.Equal(((normalized[16 * row] + 1) / 2 * 56) + 4, actions[2 * row], 1e-3);
            Assert.Equal(((normalized[(16 * row) + 1] + 1) / 2 * 48) + 4, actions[(2 * row) + 1], 1e-3);
            Assert.All(normalized.AsSpan(16 * row, 16)[2..].ToArray(), padding => Assert.Equal(0, padding));
        }
    }

    [Fact]
    public void The_record_says_what_made_it()
    {
        var record = run.Episode.Record;

        Assert.Equal("pushtable/0", (string)record["episode"]!);
        Assert.Equal("completed", (string)record["status"]!);
        Assert.Null(record["cause"]);
        Assert.Equal("push the blue block to the right", (string)record["instruction"]!);
        Assert.Equal(ShortRollout.Iterations, (int)record["iterations"]!);
        Assert.Equal(Frames, (int)record["video"]!["frames"]!);
        Assert.Equal("f9e5412fa0a0773247efb9144c0178062dd882f6094ce12789bece369367591c", (string)record["model"]!["digest"]!);
        Assert.Equal(123, (int)record["arguments"]!["seed"]!);
        Assert.Equal("philox", (string)record["arguments"]!["noise"]!);
        Assert.Equal(10, (int)record["arguments"]!["fps_condition"]!);
        foreach (var phase in new[] { "total", "per_iteration", "embed", "policy", "world", "decode" })
        {
            Assert.True((double)record["timings"]![phase]! > 0, phase);
        }

        Assert.All(new[] { "wma", "libtorch", "dotnet" }, name => Assert.NotEmpty((string)record["versions"]![name]!));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_frames_and_another_seed_others()
    {
        var same = await WmaProcess.RunAsync(ShortRollout.Arguments(run.Beside("same"), "--quiet"));
        var other = await WmaProcess.RunAsync(ShortRollout.Arguments(run.Beside("other"), "--quiet", "--seed", "124"));

        Assert.Equal((0, "", ""), (same.ExitCode, same.Output, same.Error));
        Assert.Equal(0, other.ExitCode);
        var again = new EpisodeFiles(Path.Combine(run.Beside("same"), "pushtable", "0"));
        var different = new EpisodeFiles(Path.Combine(run.Beside("other"), "pushtable", "0"));
        Assert.Equal(await File.ReadAllBytesAsync(run.Episode.TrajectoryPath, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(again.TrajectoryPath, TestContext.Current.CancellationToken));
        Assert.Equal(EpisodeFiles.ReadVideo(run.Episode.VideoPath).Frames, EpisodeFiles.ReadVideo(again.VideoPath).Frames);
        Assert.NotEqual(run.Episode.Trajectory("action").Values, different.Trajectory("action").Values);
        Assert.NotEqual(EpisodeFiles.ReadVideo(run.Episode.VideoPath).Frames, EpisodeFiles.ReadVideo(different.VideoPath).Frames);
    }

    [Fact]
    public async Task A_finished_episode_is_kept_and_never_mixed_with_another_run()
    {
        var before = File.GetLastWriteTimeUtc(run.Episode.VideoPath);
        var kept = await WmaProcess.RunAsync(ShortRollout.Arguments(run.Out));
        var refused = await WmaProcess.RunAsync(ShortRollout.Arguments(run.Out, "--seed", "124"));

        Assert.Equal(0, kept.ExitCode);
        Assert.Contains("kept", kept.Output);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--overwrite", refused.Error);
        Assert.Equal(before, File.GetLastWriteTimeUtc(run.Episode.VideoPath));
    }

    [Fact]
    public async Task Overwrite_replaces_and_json_reports()
    {
        var root = run.Beside("overwritten");
        var first = await WmaProcess.RunAsync(ShortRollout.Arguments(root, "--iterations", "1", "--decode-policy-video", "--json"));
        var second = await WmaProcess.RunAsync(ShortRollout.Arguments(root, "--iterations", "1", "--noise", "torch", "--overwrite", "--json"));

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        var report = JsonNode.Parse(second.Output)!["episodes"]!.AsArray().Single()!;
        Assert.Equal("completed", (string)report["status"]!);
        Assert.Equal(ShortRollout.ExecuteSteps, (int)report["frames"]!);
        var folder = (string)report["folder"]!;
        Assert.Equal("torch", (string)new EpisodeFiles(folder).Record["arguments"]!["noise"]!);
        Assert.False(File.Exists(Path.Combine(folder, "policy-video.mp4")), "the first run's policy video is gone");
    }

    [Fact]
    public async Task The_policy_video_is_written_when_asked_for()
    {
        var root = run.Beside("policy");
        var result = await WmaProcess.RunAsync(ShortRollout.Arguments(root, "--iterations", "1", "--decode-policy-video"));

        Assert.Equal(0, result.ExitCode);
        var folder = Path.Combine(root, "pushtable", "0");
        Assert.Equal(16, EpisodeFiles.ReadVideo(Path.Combine(folder, "policy-video.mp4")).Frames.Count);
        Assert.Equal(ShortRollout.ExecuteSteps, EpisodeFiles.ReadVideo(Path.Combine(folder, "video.mp4")).Frames.Count);
    }

    [Fact]
    public async Task Several_frame_strides_are_several_episodes()
    {
        var root = run.Beside("strides");
        var result = await WmaProcess.RunAsync(ShortRollout.Arguments(root, "--iterations", "1", "--frame-stride", "1", "5", "--zero-pred-state"));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(10, (int)new EpisodeFiles(Path.Combine(root, "pushtable", "0_fs1")).Record["arguments"]!["fps_condition"]!);
        Assert.Equal(2, (int)new EpisodeFiles(Path.Combine(root, "pushtable", "0_fs5")).Record["arguments"]!["fps_condition"]!);
    }

    [Fact]
    public async Task Random_weights_need_no_checkpoint()
    {
        var result = await WmaProcess.RunAsync(ShortRollout.Arguments(run.Beside("random"), "--iterations", "1", "--random-weights", "7"));

        Assert.Equal(0, result.ExitCode);
        var record = new EpisodeFiles(Path.Combine(run.Beside("random"), "pushtable", "0")).Record;
        Assert.Equal("completed", (string)record["status"]!);
        Assert.Contains("seed 7", (string)record["model"]!["digest"]!);
    }

    [Fact]
    public async Task The_demo_needs_no_arguments_but_takes_them()
    {
        var result = await WmaProcess.RunAsync(
            ["demo", "--iterations", "1", "--ddim-steps", "1", "--out", run.Beside("demo")],
            new Dictionary<string, string> { ["WMA_HOME"] = RepositoryPaths.Root });

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("the model imagined 16 frames", result.Output);
        Assert.Contains("contact-sheet.png", result.Output);
    }
}

using System.Text.Json.Nodes;

namespace WorldModelActors.EndToEnd.Tests;

/// <summary>A sweep from its file to its report and export, as a user types it.</summary>
public sealed class SweepTests
{
    [Fact]
    public async Task A_sweep_is_run_reported_and_exported_and_its_first_episode_is_that_of_rollout()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Root, "grid.yaml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            name: grid
            model: {{RepositoryPaths.DemoModel}}
            prompts: {{RepositoryPaths.DemoPrompts}}
            episodes: ["1"]
            settings: {iterations: 2, exe-steps: 4, frame-stride: 1}
            grid:
              ddim-steps: [1, 2]
            reference: {ddim-steps: 2}
            """,
            TestContext.Current.CancellationToken);
        var store = Path.Combine(folder.Root, "state", "store.sqlite");

        var run = await WmaProcess.RunAsync("sweep", file, "--root", RepositoryPaths.Root, "--store", store, "--deterministic", "--threads", "1");
        Assert.True(run.ExitCode == 0, run.Error);

        // Once more: there is nothing left to do.
        var again = await WmaProcess.RunAsync("sweep", file, "--root", RepositoryPaths.Root, "--store", store);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Contains("0 episodes are new, 2 were planned before", again.Error);
        Assert.DoesNotContain("claimed", again.Error);

        var status = JsonNode.Parse((await WmaProcess.RunAsync("status", "grid", "--json", "--store", store)).Output)!;
        var sweep = Assert.Single(status["sweeps"]!.AsArray())!;
        Assert.Equal((2, 4, 16), ((int)sweep["episodes"]!["completed"]!, (int)sweep["committed"]!, (int)sweep["frames"]!));

        var list = await WmaProcess.RunAsync("episodes", "list", "grid", "--json", "--store", store);
        var episodes = list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(2, episodes.Count);
        var rollout = Path.Combine(folder.Root, "rollout");
        var alone = await WmaProcess.RunAsync(
            "rollout", "--model", RepositoryPaths.DemoModel, "--prompts", RepositoryPaths.DemoPrompts, "--episode", "1", "--iterations", "2", "--exe-steps", "4", "--frame-stride", "1",
            "--ddim-steps", "1", "--out", rollout, "--deterministic", "--threads", "1");
        Assert.True(alone.ExitCode == 0, alone.Error);
        foreach (var name in new[] { "video.mp4", "contact-sheet.png", "trajectory.safetensors" })
        {
            var stored = (string)episodes[0]["files"]![Path.GetFileNameWithoutExtension(name)]!;
            Assert.True(File.ReadAllBytes(stored).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(rollout, "pushtable", "1", name))), $"{name} differs");
        }

        var report = Path.Combine(folder.Root, "report");
        var reported = await WmaProcess.RunAsync("sweep", "report", "grid", "--store", store, "--out", report);
        Assert.True(reported.ExitCode == 0, reported.Error);
        Assert.All(["report.md", "report.csv", "variants.csv", "throughput.png", "quality.png"], name => Assert.True(File.Exists(Path.Combine(report, name)), name));

        var export = Path.Combine(folder.Root, "export");
        var exported = await WmaProcess.RunAsync("episodes", "export", "grid", "--store", store, "--out", export);
        Assert.True(exported.ExitCode == 0, exported.Error);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(export, "videos"), "*.mp4").Length);

        var check = await WmaProcess.RunAsync("store", "check", "--store", store);
        Assert.True(check.ExitCode == 0, check.Output);
        Assert.Contains("all is well", check.Output);
    }

    [Fact]
    public async Task A_cancelled_sweep_is_not_run_and_a_retried_one_is()
    {
        using var folder = new TemporaryFolder();
        var store = Path.Combine(folder.Root, "store.sqlite");
        var submit = await WmaProcess.RunAsync(
            "submit", "--name", "one", "--model", RepositoryPaths.DemoModel, "--prompts", RepositoryPaths.DemoPrompts, "--episode", "0", "--iterations", "1", "--exe-steps", "1",
            "--ddim-steps", "1", "--frame-stride", "1", "--store", store);
        Assert.True(submit.ExitCode == 0, submit.Error);

        Assert.Contains("1 episode cancelled", (await WmaProcess.RunAsync("cancel", "one", "--store", store)).Output);
        var idle = await WmaProcess.RunAsync("resume", "--store", store);
        Assert.Equal(0, idle.ExitCode);
        Assert.DoesNotContain("claimed", idle.Error);

        Assert.Contains("1 episode to be run again", (await WmaProcess.RunAsync("retry", "one", "--store", store)).Output);
        var run = await WmaProcess.RunAsync("resume", "one", "--store", store);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("completed", run.Error);
    }

    [Fact]
    public async Task An_episode_that_fails_for_good_is_told_with_its_cause()
    {
        using var folder = new TemporaryFolder();
        var prompts = Path.Combine(folder.Root, "prompts");
        CopyFolder(RepositoryPaths.DemoPrompts, prompts);
        var store = Path.Combine(folder.Root, "store.sqlite");
        var config = Path.Combine(folder.Root, "my.conf");
        await File.WriteAllTextAsync(config, "wma.store { max-failures = 2, retry-delay = 0 s }", TestContext.Current.CancellationToken);
        var submit = await WmaProcess.RunAsync(
            "submit", "--name", "broken", "--model", RepositoryPaths.DemoModel, "--prompts", prompts, "--episode", "0", "--iterations", "1", "--frame-stride", "1", "--store", store);
        Assert.True(submit.ExitCode == 0, submit.Error);
        File.Delete(Path.Combine(prompts, "images", "pushtable", "0.png"));

        var run = await WmaProcess.RunAsync("resume", "--store", store, "--config", config);
        Assert.Equal(1, run.ExitCode);
        var list = await WmaProcess.RunAsync("episodes", "list", "--only", "failed", "--json", "--store", store);
        Assert.Contains("0.png", (string)JsonNode.Parse(list.Output)!["cause"]!);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }
}

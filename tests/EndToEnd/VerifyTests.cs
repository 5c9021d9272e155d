using System.Text.Json.Nodes;

namespace WorldModelActors.EndToEnd.Tests;

/// <summary><c>wma verify</c>: what it prints and returns.</summary>
public sealed class VerifyTests
{
    [Fact]
    public async Task Recorded_results_are_met()
    {
        using var folder = new TemporaryFolder();
        var golden = CopyGolden(folder);

        var result = await WmaProcess.RunAsync("verify", golden);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        var lines = result.Output.TrimEnd().Split('\n');
        Assert.Matches(@"^worst relative error: \d", lines[^1]);
        Assert.Matches(@"^\d+ passed, 0 failed", lines[^2]);
        Assert.Contains(lines, line => line.StartsWith("pass", StringComparison.Ordinal) && line.Contains("schedules.safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_file_fails()
    {
        using var folder = new TemporaryFolder();
        var golden = CopyGolden(folder);
        File.Delete(Path.Combine(golden, "schedules.safetensors"));

        var result = await WmaProcess.RunAsync("verify", golden, "--failures");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("FAIL", result.Output);
        Assert.DoesNotContain("pass  ", result.Output);
        Assert.StartsWith("worst relative error: ", result.Output.TrimEnd().Split('\n')[^1]);
    }

    /// <summary>The quickest entry of the repository's golden set, as a set of its own.</summary>
    private static string CopyGolden(TemporaryFolder folder)
    {
        var source = Path.Combine(RepositoryPaths.Root, "tests", "golden");
        var target = Directory.CreateDirectory(folder["golden"]).FullName;
        foreach (var name in new[] { "config.json", "schedules.safetensors" })
        {
            File.Copy(Path.Combine(source, name), Path.Combine(target, name));
        }

        var index = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "index.json")))!.AsObject();
        foreach (var other in index.Select(entry => entry.Key).Where(name => name != "schedules.safetensors").ToList())
        {
            index.Remove(other);
        }

        File.WriteAllText(Path.Combine(target, "index.json"), index.ToJsonString());
        return target;
    }
}

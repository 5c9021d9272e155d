using System.Text.Json.Nodes;

namespace WorldModelActors.EndToEnd.Tests;

/// <summary><c>wma bench</c>, as small as it can be.</summary>
public sealed class BenchTests
{
    [Fact]
    public async Task Overlap_compares_and_leaves_report_chart_and_trace()
    {
        using var folder = new TemporaryFolder();
        var result = await WmaProcess.RunAsync(
            ["bench", "overlap", "--exe-steps", "2", "--iterations", "1", "--ddim-steps", "1", "--repeats", "1", "--threads", "1", "--episodes-in-flight", "1", "--json", "--out", folder["out"]],
            new Dictionary<string, string> { ["WMA_HOME"] = RepositoryPaths.Root });

        Assert.Equal(0, result.ExitCode);
        var report = JsonNode.Parse(result.Output)!;
        Assert.True((bool)report["frames_agree"]!);
        var sides = report["cases"]![0]!["measurements"]!.AsArray().ToDictionary(m => (string)m!["side"]!, m => (int)m!["frames_decoded"]!);
        Assert.Equal(new Dictionary<string, int> { ["original"] = 32, ["pipeline"] = 2 }, sides);
        foreach (var name in new[] { "overlap.json", "overlap.png", "overlap.svg", "overlap-ddim1-exe2.trace.json" })
        {
            Assert.True(File.Exists(folder["out", name]), name);
        }
    }

    [Fact]
    public async Task Batching_measures_decoder_and_embedder_in_calls_of_every_size()
    {
        var result = await WmaProcess.RunAsync(
            ["bench", "batching", "--repeats", "1", "--threads", "1", "--json"], new Dictionary<string, string> { ["WMA_HOME"] = RepositoryPaths.Root });

        Assert.Equal(0, result.ExitCode);
        var rows = JsonNode.Parse(result.Output)!["rows"]!.AsArray();
        foreach (var work in new[] { "decode", "embed" })
        {
            Assert.Equal([1, 2, 4, 8, 16], rows.Where(row => (string)row!["work"]! == work).Select(row => (int)row!["batch"]!));
        }

        Assert.All(rows, row => Assert.True((double)row!["per_second"]! > 0));
    }

    [Theory]
    [InlineData("no CUDA device here", "gpu")]
    [InlineData("no CUDA device here", "cold")]
    [InlineData("--device cpu: this benchmark is for GPUs", "gpu", "--device", "cpu")]
    [InlineData("no-such.yaml: no such file", "cold", "--config", "no-such.yaml")]
    [InlineData("--batches: use 1 to 64", "gpu", "--batches", "0")]
    [InlineData("'nothing' not recognized", "gpu", "--parts", "nothing")]
    public async Task A_benchmark_of_the_gpu_says_in_one_line_what_it_lacks(string named, params string[] line)
    {
        Assert.SkipWhen(File.Exists("/dev/nvidiactl"), "there is a GPU here");
        var result = await WmaProcess.RunAsync(["bench", .. line], new Dictionary<string, string> { ["WMA_HOME"] = RepositoryPaths.Root });

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(named, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal("", result.Output);
    }

    [Theory]
    [InlineData("--exe-steps: use 1 or more; see wma bench overlap --help", "--exe-steps", "0")]
    [InlineData("exe-steps 17", "--exe-steps", "17")]
    [InlineData("there are 8 prompts", "--episodes-in-flight", "9")]
    public async Task What_cannot_be_is_one_line(string named, params string[] more)
    {
        var result = await WmaProcess.RunAsync(
            ["bench", "overlap", "--out", Path.GetTempPath(), .. more], new Dictionary<string, string> { ["WMA_HOME"] = RepositoryPaths.Root });

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(named, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }
}

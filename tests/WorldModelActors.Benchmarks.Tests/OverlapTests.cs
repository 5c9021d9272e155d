using System.Text.Json.Nodes;
using WorldModelActors.Engines;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Torch;

namespace WorldModelActors.Benchmarks.Tests;

/// <summary>A comparison on the demo world model, as small as it can be: what it computes, not how long it takes.</summary>
public sealed class OverlapTests
{
    [Fact]
    public async Task The_pipeline_gives_the_original_loops_frames_and_decodes_each_once()
    {
        using var model = LoadDemo(out var episodes);
        var folder = Directory.CreateTempSubdirectory("wma-overlap-").FullName;
        try
        {
            var options = new OverlapOptions { Engine = ActorEngines.FromEnvironment, ExecuteSteps = [3], Iterations = 2, DdimSteps = [1], Repeats = 1, Episodes = 2, Threads = [1], Folder = folder };
            var benchmark = new OverlapBenchmark(model, episodes, options);
            var report = await benchmark.RunAsync(withMemory: false, TestContext.Current.CancellationToken);
            var files = OverlapFiles.Write(report, benchmark, folder);

            var one = Assert.Single(report.Cases);
            Assert.True(report.FramesAgree, $"least PSNR {one.LeastPsnr}");
            var sides = one.Measurements.ToDictionary(m => m.Side);
            Assert.Equal((64, 6, 1), Counts(sides[OverlapBenchmark.Original]));
            Assert.Equal((128, 12, 2), Counts(sides[OverlapBenchmark.Sequence]));
            Assert.Equal((6, 6, 1), Counts(sides[OverlapBenchmark.Pipeline]));
            Assert.Equal((12, 12, 2), Counts(sides[OverlapBenchmark.Shared]));
            Assert.All(one.Measurements, m => Assert.Single(m.Seconds));
            Assert.True(sides[OverlapBenchmark.Pipeline].StoreBytes > 0);
            Assert.All(files, file => Assert.True(new FileInfo(file).Length > 0, file));
            Assert.Empty(Directory.EnumerateFiles(folder, "*.mp4"));
            var json = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "overlap.json"), TestContext.Current.CancellationToken))!;
            Assert.Equal(one.Ratio, (double)json["cases"]![0]!["ratio"]!);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static (int Decoded, int Written, int Episodes) Counts(OverlapMeasurement m) => (m.FramesDecoded, m.FramesWritten, m.Episodes);
    }

    [Fact]
    public void More_episodes_than_prompts_are_refused()
    {
        using var model = LoadDemo(out var episodes);

        var failure = Assert.Throws<BenchmarkException>(() => new OverlapBenchmark(model, episodes, new OverlapOptions { Episodes = 3, Folder = "." }));

        Assert.Contains("2 prompts", failure.Message);
    }

    private static WorldModel LoadDemo(out IReadOnlyList<BenchmarkEpisode> episodes)
    {
        torch.set_num_threads(1);
        var directory = Path.Combine(RepositoryRoot(), "assets", "demo-world-model");
        var configuration = ModelConfiguration.Load(directory);
        var weights = CheckpointWeights.Open(configuration.CheckpointPath!);
        var model = WorldModel.Build(configuration.Options, weights, new ClipTokenizer(ClipVocabulary.Load(configuration.MergesPath!)).Tokenize);
        weights.Complete();
        var prompts = PromptDirectory.Open(Path.Combine(directory, "prompts"));
        episodes = [.. prompts.Rows.Take(2).Select(row => Prepare(prompts, row, model.Options.ImageSize.Height, model.Options.ImageSize.Width))];
        return model;
    }

    private static BenchmarkEpisode Prepare(PromptDirectory prompts, PromptRow row, int height, int width)
    {
        using var observation = PreparedObservation.Load(prompts, row, 1, height, width);
        return new BenchmarkEpisode(
            new EpisodePlan { Id = row.VideoId, Instruction = row.Instruction, FrameRateCondition = 10, ActionDim = observation.ActionWidth, StateDim = observation.StateWidth },
            new EpisodeStart(observation.Image.Values.ToArray(), observation.States.Row(1).ToArray()));
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WorldModelActors.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("the tests must run inside the repository");
        return folder.FullName;
    }
}

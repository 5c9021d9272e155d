using System.Security.Cryptography;
using System.Text.Json.Nodes;
using WorldModelActors.Media;
using WorldModelActors.Torch;

namespace WorldModelActors.Episodes.Tests;

/// <summary>Exports: everything there, nothing damaged, nothing half.</summary>
public sealed class EpisodeExportTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_export_holds_every_frame_with_its_numbers()
    {
        await using var sweep = await SweepAsync();
        var target = sweep.Home.File("out", "export");
        var seen = new List<ExportProgress>();
        var result = await RunAsync(sweep, target, seen.Add);
        Assert.Equal((2, 1, 5L, target), (result.Episodes, result.LeftOut, result.Frames, result.Folder));
        Assert.Equal([1, 2], seen.Select(progress => progress.Episodes));
        Assert.Equal(seen[^1].OfBytes, seen[^1].Bytes);

        using var data = SafetensorsFile.Open(Path.Combine(target, "data.safetensors"));
        Assert.Equal([0, 1, 2, 3, 4], data.ReadInt64s("index"));
        Assert.Equal([0, 0, 0, 1, 1], data.ReadInt64s("episode_index"));
        Assert.Equal([0, 1, 2, 0, 1], data.ReadInt64s("frame_index"));
        Assert.Equal([0, 0, 0, 1, 1], data.ReadInt64s("task_index"));
        Assert.Equal([0, 0.125f, 0.25f, 0, 0.125f], data.ReadFloats("timestamp"));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], data.ReadFloats("action"));
        Assert.Equal([5L, 3L], data.Entry("observation.state").Shape);

        var lines = File.ReadAllLines(Path.Combine(target, "data.csv"));
        Assert.Equal("index,episode_index,frame_index,timestamp,task_index,task,action.0,action.1,observation.state.0,observation.state.1,observation.state.2", lines[0]);
        Assert.Equal("4,1,1,0.125,1,\"turn, then stop\",9,10,0,0,0.5", lines[5]);
        Assert.Equal(6, lines.Length);

        var episodes = File.ReadAllLines(Path.Combine(target, "episodes.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["table/a seed=1", "table/b seed=2"], episodes.Select(episode => (string)episode["name"]!));
        Assert.Equal(3, (int)episodes[1]["first_index"]!);
        Assert.Equal("2", (string)episodes[1]["spec"]!["variant"]!["seed"]!);
        Assert.Equal("50", (string)episodes[1]["spec"]!["settings"]!["wma.sampler.ddim-steps"]!);
        using var video = VideoReader.Open(Path.Combine(target, "videos", "000001-table-b-seed=2.mp4"));
        Assert.Equal(2, video.FrameCount);
    }

    [Fact]
    public async Task The_manifest_has_the_checksum_of_every_other_file()
    {
        await using var sweep = await SweepAsync();
        var target = sweep.Home.File("export");
        await RunAsync(sweep, target);
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(target, "manifest.json")))!;
        var listed = manifest["files"]!.AsArray().ToDictionary(file => (string)file!["path"]!, file => (string)file!["sha256"]!);
        var there = Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(target, path)).Where(path => path != "manifest.json").ToList();
        Assert.Equal(there.Order(StringComparer.Ordinal), listed.Keys.Order(StringComparer.Ordinal));
        Assert.All(there, path => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(target, path)))), listed[path]));
        Assert.Equal("test", (string)manifest["sweeps"]![0]!["name"]!);
        Assert.Equal(6 + 4, there.Count);
    }

    [Theory]
    [InlineData("video")]
    [InlineData("trajectory")]
    [InlineData("contact-sheet")]
    public async Task A_damaged_file_ends_the_export_and_nothing_remains(string what)
    {
        await using var sweep = await SweepAsync();
        var path = await sweep.PathOfAsync("table/b seed=2", what);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Directory.CreateDirectory(sweep.Home.File("out"));
        var refusal = await Assert.ThrowsAsync<SweepException>(() => RunAsync(sweep, sweep.Home.File("out", "export")));
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("run wma store check", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(sweep.Home.File("out")));
    }

    [Fact]
    public async Task A_stopped_export_leaves_nothing()
    {
        await using var sweep = await SweepAsync();
        using var stop = new CancellationTokenSource();
        Directory.CreateDirectory(sweep.Home.File("out"));
        var views = await sweep.Store.ListAllAsync(EpisodeSelection.OfSweep(sweep.Planned.Sweep.Id), Stop);
        Assert.ThrowsAny<OperationCanceledException>(() => new EpisodeExport(sweep.Files).Run(views, [], sweep.Home.File("out", "export"), _ => stop.Cancel(), stop.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(sweep.Home.File("out")));
    }

    [Fact]
    public async Task A_folder_that_holds_something_is_never_touched()
    {
        await using var sweep = await SweepAsync();
        sweep.Home.Write("full/mine.txt", "mine");
        Assert.Contains("is not empty", (await Assert.ThrowsAsync<SweepException>(() => RunAsync(sweep, sweep.Home.File("full")))).Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(sweep.Home.File("full", "mine.txt")));
        Directory.CreateDirectory(sweep.Home.File("empty"));
        Assert.Equal(2, (await RunAsync(sweep, sweep.Home.File("empty") + "/")).Episodes);
    }

    [Fact]
    public async Task Without_completed_episodes_there_is_nothing_to_export()
    {
        await using var sweep = await FinishedSweep.PlanAsync(new SweepHome("a"), "settings: {iterations: 1}");
        Assert.Contains("none of the 1 episodes is completed", (await Assert.ThrowsAsync<SweepException>(() => RunAsync(sweep, sweep.Home.File("out")))).Message, StringComparison.Ordinal);
    }

    private static async Task<FinishedSweep> SweepAsync()
    {
        var sweep = await FinishedSweep.PlanAsync(new SweepHome("a", "b"), "settings: {iterations: 1}\ngrid: {seed: [1, 2]}\nexclude: [{episode: a, seed: 2}]");
        await sweep.CompleteAsync("table/a seed=1", [1, 2, 3], [1, 2, 3, 4, 5, 6], instruction: "go");
        await sweep.CompleteAsync("table/b seed=2", [1, 2], [7, 8, 9, 10], [0, 0, 0, 0, 0, 0.5f], instruction: "turn, then stop");
        return sweep;
    }

    private static async Task<ExportResult> RunAsync(FinishedSweep sweep, string target, Action<ExportProgress>? progress = null)
    {
        var views = await sweep.Store.ListAllAsync(EpisodeSelection.OfSweep(sweep.Planned.Sweep.Id), Stop);
        return new EpisodeExport(sweep.Files).Run(views, [await sweep.SummaryAsync()], target, progress, Stop);
    }
}

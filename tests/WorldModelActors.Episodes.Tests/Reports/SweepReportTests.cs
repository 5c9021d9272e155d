using WorldModelActors.Media;

namespace WorldModelActors.Episodes.Tests;

/// <summary>Numbers of reports, on stores small enough to know them.</summary>
public sealed class SweepReportTests
{
    private static readonly float[] s_actions = [1, 2, 3, 4];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Variants_are_compared_with_the_reference_of_the_same_prompt_and_seed()
    {
        await using var sweep = await FinishedSweep.PlanAsync(new SweepHome("a", "b"), "settings: {iterations: 2}\ngrid: {ddim-steps: [4, 8], seed: [1, 2]}\nreference: {ddim-steps: 8}");
        foreach (var prompt in new[] { "a", "b" })
        {
            // Of seed 1 the frames are equal, of seed 2 they are 20 levels away; the reference of each seed is another one.
            await sweep.CompleteAsync($"table/{prompt} ddim-steps=8 seed=1", [100, 100], s_actions, seconds: 4);
            await sweep.CompleteAsync($"table/{prompt} ddim-steps=8 seed=2", [60, 60], s_actions, seconds: 4);
            await sweep.CompleteAsync($"table/{prompt} ddim-steps=4 seed=1", [100, 100], s_actions, seconds: 1);
            await sweep.CompleteAsync($"table/{prompt} ddim-steps=4 seed=2", [80, 80], [2, 3, 4, 5], [3, 0, 0, 0, 0, 0], seconds: 3);
        }

        var report = await new SweepReporter(sweep.Store, sweep.Files).MakeAsync(await sweep.SummaryAsync(), stop: Stop);
        Assert.Equal(["ddim-steps=4", "ddim-steps=8"], report.Variants.Select(variant => variant.Name));
        var (four, eight) = (report.Variants[0], report.Variants[1]);
        Assert.Equal((4, 4, 4, 0, false, true), (four.Episodes, four.Completed, four.Compared, eight.Compared, four.IsReference, eight.IsReference));
        // 4 episodes of 2 iterations and 2 frames in 1 + 3 + 1 + 3 seconds.
        Assert.Equal((1.0, 1.0, 0.5), (four.IterationsPerSecond, four.FramesPerSecond, eight.IterationsPerSecond));
        Assert.Equal(0.3 * 8 / 8, four.PhaseSeconds["policy"], 12);
        Assert.Equal(0.4 * 16 / 8, eight.PhaseSeconds["world"], 12);
        var seed1 = report.Episodes.Where(episode => episode.View.Name.EndsWith("ddim-steps=4 seed=1", StringComparison.Ordinal)).ToList();
        Assert.All(seed1, episode => Assert.Equal(new EpisodeComparison(2, double.PositiveInfinity, 1, 0, 0), episode.Comparison));
        var seed2 = report.Episodes.First(episode => episode.View.Name.EndsWith("ddim-steps=4 seed=2", StringComparison.Ordinal)).Comparison!;
        Assert.InRange(seed2.Psnr, 20 * Math.Log10(255 / 22.0), 20 * Math.Log10(255 / 18.0));
        Assert.Equal((1.0, Math.Sqrt(9 / 6.0)), (seed2.ActionRmse, seed2.StateRmse));
        Assert.True(seed2.Ssim < 1);
        Assert.Equal((EpisodeComparison.PsnrOfEqual + seed2.Psnr) / 2, four.Psnr, 9);
        Assert.Equal(0.5, four.ActionRmse, 12);
        Assert.True(double.IsNaN(eight.Psnr));
        Assert.False(report.HasSimulation);
        Assert.Contains("8 episodes (8 completed), 2 variants", report.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reference_can_be_chosen_and_must_be_a_variant()
    {
        await using var sweep = await FinishedSweep.PlanAsync(new SweepHome("a"), "settings: {iterations: 1}\ngrid: {ddim-steps: [4, 8], ddim-eta: [0, 1]}");
        foreach (var (steps, eta, grey) in new[] { (4, 0, 50), (4, 1, 60), (8, 0, 50), (8, 1, 90) })
        {
            await sweep.CompleteAsync($"table/a ddim-steps={steps} ddim-eta={eta}", [(byte)grey, (byte)grey], s_actions);
        }

        var reporter = new SweepReporter(sweep.Store, sweep.Files);
        var summary = await sweep.SummaryAsync();
        Assert.False((await reporter.MakeAsync(summary, stop: Stop)).HasQuality);
        // What it does not name is that of the variant itself.
        var report = await reporter.MakeAsync(summary, new Dictionary<string, string> { ["ddim-steps"] = "4" }, stop: Stop);
        Assert.Equal([true, true, false, false], report.Variants.Select(variant => variant.IsReference));
        Assert.Equal(double.PositiveInfinity, report.Variants[2].Psnr);
        Assert.InRange(report.Variants[3].Psnr, 18, 20);
        foreach (var (name, value, fault) in new[] { ("seed", "1", "does not tell variants apart"), ("x", "1", "use ddim-eta, ddim-steps"), ("ddim-steps", "5", "there is 4, 8") })
        {
            var refusal = await Assert.ThrowsAsync<SweepException>(() => reporter.MakeAsync(summary, new Dictionary<string, string> { [name] = value }, stop: Stop));
            Assert.Contains(fault, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_missing_or_damaged_is_a_note_and_spoils_nothing_else()
    {
        await using var sweep = await FinishedSweep.PlanAsync(new SweepHome("a", "b", "c", "d"), "settings: {iterations: 1}\ngrid: {ddim-steps: [4, 8]}\nreference: {ddim-steps: 8}");
        await sweep.CompleteAsync("table/a ddim-steps=4", [1, 2], s_actions);
        await sweep.CompleteAsync("table/a ddim-steps=8", [1, 2], s_actions);
        await sweep.CompleteAsync("table/b ddim-steps=4", [1, 2], s_actions);
        await sweep.CompleteAsync("table/b ddim-steps=8", [1, 2], s_actions);
        await sweep.CompleteAsync("table/c ddim-steps=4", [1, 2], s_actions);
        await sweep.FailAsync("table/c ddim-steps=8");
        File.AppendAllText(await sweep.PathOfAsync("table/b ddim-steps=8", "video"), "x");
        var report = await new SweepReporter(sweep.Store, sweep.Files).MakeAsync(await sweep.SummaryAsync(), stop: Stop);
        string? NoteOf(string name) => report.Episodes.Single(episode => episode.View.Name == name).Note;
        Assert.Null(NoteOf("table/a ddim-steps=4"));
        Assert.Contains("run wma store check", NoteOf("table/b ddim-steps=4"), StringComparison.Ordinal);
        Assert.Contains("run wma store check", NoteOf("table/b ddim-steps=8"), StringComparison.Ordinal);
        Assert.Equal("its reference episode is not completed", NoteOf("table/c ddim-steps=4"));
        Assert.Equal("it broke", NoteOf("table/c ddim-steps=8"));
        Assert.Equal((4, 3, 0, 1), (report.Variants[0].Episodes, report.Variants[0].Completed, report.Variants[0].Failed, report.Variants[0].Compared));
        Assert.Equal((4, 2, 1), (report.Variants[1].Episodes, report.Variants[1].Completed, report.Variants[1].Failed));
    }

    [Fact]
    public async Task Demo_actions_are_executed_in_the_simulator()
    {
        var demo = Path.Combine(RepositoryFiles.Root, "assets", "demo-world-model");
        var home = new SweepHome("0", "7");
        foreach (var file in Directory.EnumerateFiles(home.File("prompts"), "*", SearchOption.AllDirectories).ToList())
        {
            var moved = file.Replace("table", "pushtable", StringComparison.Ordinal);
            Directory.CreateDirectory(Path.GetDirectoryName(moved)!);
            File.Move(file, moved);
        }

        home.Write("prompts/pushtable.csv", File.ReadAllText(home.File("prompts", "pushtable.csv")).Replace(",table,", ",pushtable,", StringComparison.Ordinal));
        home.Write("truth/0.json", File.ReadAllText(Path.Combine(demo, "truth", "0.json")));
        home.Write("truth/7.json", File.ReadAllText(Path.Combine(demo, "truth", "7.json")));
        await using var sweep = await FinishedSweep.PlanAsync(home, "settings: {iterations: 1}\ngrid: {frame-stride: [1, 2]}");
        var recorded = Transition.Load(Path.Combine(demo, "prompts", "transitions", "pushtable", "0.h5")).Action.Values;
        const string told = "push the blue block to the right";
        await sweep.CompleteAsync("pushtable/0 frame-stride=1", new byte[80], recorded, instruction: told);
        await sweep.CompleteAsync("pushtable/7 frame-stride=1", new byte[2], [10, 10, 10, 10], instruction: "move to the green block");
        await sweep.CompleteAsync("pushtable/0 frame-stride=2", new byte[2], s_actions, instruction: told);
        await sweep.CompleteAsync("pushtable/7 frame-stride=2", new byte[2], s_actions, instruction: "another task");
        var report = await new SweepReporter(sweep.Store, sweep.Files).MakeAsync(await sweep.SummaryAsync(), stop: Stop);
        var expert = report.Episodes[0].Simulated!;
        Assert.True(expert.StartError > 20);
        Assert.Equal((0.0, true), (expert.GoalError, expert.Success));
        Assert.False(report.Episodes[1].Simulated!.Success);
        // These videos have 32 x 32 pixels: they show no table.
        Assert.True(double.IsNaN(expert.Psnr));
        Assert.Equal((2, 1, 0), (report.Variants[0].Simulated, report.Variants[0].Successes, report.Variants[1].Simulated));
        Assert.Equal(report.Episodes[1].Simulated!.GoalError / 2, report.Variants[0].GoalError, 12);
    }

    [Fact]
    public void Imagined_frames_are_compared_with_what_really_follows()
    {
        using var folder = new TemporaryFolder();
        var task = PushTableTask.Find(Path.Combine(RepositoryFiles.Root, "assets", "demo-world-model", "truth", "0.json"))!;
        float[] actions = [20, 20, 30, 20, 40, 20];
        new WorldModelActors.Torch.SafetensorsWriter().Add("action", [3, 2], actions).Save(folder.File("trajectory.safetensors"), cancellation: Stop);
        SimulatedOutcome Of(IEnumerable<PushTableState> shown)
        {
            using (var video = VideoWriter.Create(folder.File("video.mp4"), 64, 64, 10))
            {
                foreach (var state in shown)
                {
                    using var picture = task.Draw(state);
                    video.Append(picture);
                }

                video.Complete();
            }

            return SimulatedOutcome.Of(task, folder.File("video.mp4"), folder.File("trajectory.safetensors"), Stop);
        }

        var truth = task.Replay(actions);
        var (right, wrong) = (Of(truth), Of(truth.Select(_ => task.Start)));
        Assert.Equal(task.ErrorOf(truth[2]), right.GoalError);
        // The encoder alone stands between the two.
        Assert.True(right.Psnr > 28 && right.Psnr > wrong.Psnr + 3, $"{right.Psnr} {wrong.Psnr}");
        Assert.True(right.Ssim > 0.9 && right.Ssim > wrong.Ssim);
    }

    [Fact]
    public async Task Files_hold_every_row_and_a_chart_for_each_subject()
    {
        await using var sweep = await FinishedSweep.PlanAsync(new SweepHome("a"), "settings: {iterations: 1}\ngrid: {ddim-steps: [4, 8]}\nreference: {ddim-steps: 8}");
        await sweep.CompleteAsync("table/a ddim-steps=4", [1, 2], s_actions, instruction: "say \"go\", then stop");
        await sweep.CompleteAsync("table/a ddim-steps=8", [1, 2], s_actions);
        var report = await new SweepReporter(sweep.Store, sweep.Files).MakeAsync(await sweep.SummaryAsync(), stop: Stop);
        var folder = sweep.Home.File("report");
        var written = ReportFiles.Write(report, folder);
        Assert.Equal(
            ["phases.png", "phases.svg", "quality.png", "quality.svg", "report.csv", "report.md", "throughput.png", "throughput.svg", "variants.csv"],
            written.Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        Assert.All(written, path => Assert.True(new FileInfo(path).Length > 100));
        var rows = File.ReadAllLines(Path.Combine(folder, "report.csv"));
        Assert.Equal(3, rows.Length);
        Assert.Contains("\"say \"\"go\"\", then stop\"", rows[1], StringComparison.Ordinal);
        Assert.Contains(",inf,1,0,0,", rows[1], StringComparison.Ordinal);
        Assert.StartsWith("variant,ddim-steps,is_reference", File.ReadAllLines(Path.Combine(folder, "variants.csv"))[0], StringComparison.Ordinal);
        var markdown = File.ReadAllText(Path.Combine(folder, "report.md"));
        Assert.Contains("| 4 | 1/1 | 0.500 | 1.00 |", markdown, StringComparison.Ordinal);
        Assert.Contains("| ref. |", markdown, StringComparison.Ordinal);
        using var chart = Image.Load(Path.Combine(folder, "quality.png"));
        Assert.Equal(1040, chart.Width);
    }

    [Fact]
    public async Task Nothing_completed_is_a_report_without_charts()
    {
        await using var sweep = await FinishedSweep.PlanAsync(new SweepHome("a"), "settings: {iterations: 1}");
        var report = await new SweepReporter(sweep.Store, sweep.Files).MakeAsync(await sweep.SummaryAsync(), stop: Stop);
        Assert.Equal(3, ReportFiles.Write(report, sweep.Home.File("report")).Count);
        Assert.Equal("all", Assert.Single(report.Variants).Name);
    }

    [Theory]
    [InlineData(double.NaN, "")]
    [InlineData(double.PositiveInfinity, "inf")]
    [InlineData(0.0, "0")]
    [InlineData(0.012345, "0.0123")]
    [InlineData(1.2345, "1.23")]
    [InlineData(123.45, "123")]
    [InlineData(12345.6, "12346")]
    public void Numbers_have_the_digits_that_matter(double value, string expected) => Assert.Equal(expected, ReportText.Digits(value));
}

using System.Diagnostics;
using System.Globalization;
using WorldModelActors.Media;
using WorldModelActors.Rollout;
using WorldModelActors.Telemetry;

namespace WorldModelActors.Benchmarks;

/// <summary>What a comparison leaves: <c>overlap.json</c>, the chart, and for each number of executed steps the trace with its picture.</summary>
public static class OverlapFiles
{
    /// <summary>Writes them beside the traces.</summary>
    /// <returns>Every file, the traces included.</returns>
    public static IReadOnlyList<string> Write(OverlapReport report, OverlapBenchmark benchmark, string folder)
    {
        var json = Path.Combine(folder, "overlap.json");
        File.WriteAllText(json, report.ToJson());
        List<string> files = [json];
        files.AddRange(Save(Path.Combine(folder, "overlap"), OverlapChart.SizeOf(report), drawing => OverlapChart.Draw(report, drawing)));
        foreach (var ((ddimSteps, executeSteps), log) in benchmark.Logs)
        {
            files.Add(benchmark.TracePath(ddimSteps, executeSteps));
            var spans = log.Spans;
            if (spans.Count == 0)
                continue;
            var (from, until) = Window(spans);
            var title = string.Create(CultureInfo.InvariantCulture, $"What the lanes did: one episode, {executeSteps} executed {(executeSteps == 1 ? "frame" : "frames")} an iteration, {ddimSteps} steps a call");
            files.AddRange(Save(
                Path.Combine(folder, $"overlap-ddim{ddimSteps}-exe{executeSteps}.trace"), TracePicture.SizeOf(spans),
                drawing => TracePicture.Draw(drawing, title, spans, from, until, Stopwatch.Frequency)));
        }
        return files;
    }

    /// <summary>The last two iterations: how the one's frames are decoded behind the other's denoising.</summary>
    private static (long From, long Until) Window(IReadOnlyList<LaneSpan> spans)
    {
        var last = spans.SelectMany(s => s.Subjects).Select(s => s.Iteration).DefaultIfEmpty(0).Max();
        var shown = spans.Where(s => s.Subjects.Any(subject => subject.Iteration >= last - 1)).DefaultIfEmpty(spans[0]).ToList();
        return (shown.Min(s => s.Start), spans.Max(s => s.End));
    }

    private static IEnumerable<string> Save(string path, (int Width, int Height) size, Action<IDrawing> draw)
    {
        using var picture = new PngDrawing(size.Width, size.Height);
        draw(picture);
        picture.Save(path + ".png");
        yield return path + ".png";
        var vector = new SvgDrawing(size.Width, size.Height);
        draw(vector);
        vector.Save(path + ".svg");
        yield return path + ".svg";
    }
}

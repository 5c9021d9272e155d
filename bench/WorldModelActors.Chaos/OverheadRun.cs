using System.Globalization;
using System.Text.Json.Nodes;
using WorldModelActors.Reliability;

namespace WorldModelActors.Chaos;

/// <summary>
/// What durability costs an iteration: the same episode by <c>wma rollout</c>, which keeps nothing until its end, and by <c>wma node</c>
/// on a SQLite file. The two take turns, so that both meet the same machine.
/// </summary>
internal sealed class OverheadRun(ChaosOptions options, TextWriter log)
{
    private readonly Workload _work = new([0], options.Iterations) { DdimSteps = options.DdimSteps, ExecuteSteps = options.ExecuteSteps };

    /// <summary>Runs it.</summary>
    public async Task<(string? Markdown, JsonObject? Json, bool IsGood)> RunAsync(string folder, CancellationToken stop)
    {
        var (plain, durable) = (new List<Cost>(), new List<Cost>());
        for (var trial = 1; trial <= options.Trials; trial++)
        {
            var at = Directory.CreateDirectory(Path.Combine(folder, trial.ToString(CultureInfo.InvariantCulture))).FullName;
            plain.Add(await RolloutAsync(at, stop));
            durable.Add(await NodeAsync(at, stop));
            await log.WriteLineAsync($"{trial}/{options.Trials}: wma rollout {plain[^1]}; wma node {durable[^1]}");
        }

        var (seconds, cpu) = (Ratio(plain, durable, it => it.Seconds), Ratio(plain, durable, it => it.Processor));
        string Row(string name, Func<Cost, double> of, string format) => string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {Numbers.Median(plain.Select(of))!.Value.ToString(format, CultureInfo.InvariantCulture)} | {Numbers.Median(durable.Select(of))!.Value.ToString(format, CultureInfo.InvariantCulture)} |");
        var markdown = string.Join('\n',
            string.Create(CultureInfo.InvariantCulture, $"| one iteration: {options.ExecuteSteps} frames, {options.DdimSteps} denoising steps (medians of {options.Trials} runs of {options.Iterations} iterations) | `wma rollout` | `wma node`, SQLite |"),
            "|---|---:|---:|",
            Row("seconds", it => it.Seconds, "0.0000"),
            Row("processor seconds", it => it.Processor, "0.0000"),
            Row("bytes written to the disk (/proc/PID/io)", it => it.Written, "0"),
            Row("bytes of its segment and checkpoint", it => it.Files, "0"),
            "",
            string.Create(CultureInfo.InvariantCulture, $"Overhead, median of the runs' ratios: {100 * (seconds - 1):0.0}% of the time, {100 * (cpu - 1):0.0}% of the processor time."),
            "");
        var json = new JsonObject
        {
            ["date"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
            ["iterations"] = options.Iterations,
            ["ddim_steps"] = options.DdimSteps,
            ["exe_steps"] = options.ExecuteSteps,
            ["time_ratio"] = seconds,
            ["processor_ratio"] = cpu,
            ["rollout"] = new JsonArray([.. plain.Select(it => it.ToJson())]),
            ["node"] = new JsonArray([.. durable.Select(it => it.ToJson())]),
        };
        return (markdown, json, true);
    }

    private static double Ratio(List<Cost> plain, List<Cost> durable, Func<Cost, double> of) =>
        Numbers.Median(plain.Zip(durable, (one, other) => of(other) / of(one)))!.Value;

    /// <summary>From the end of the first iteration to the end of the last but one: neither loading nor the results count.</summary>
    private async Task<Cost> RolloutAsync(string folder, CancellationToken stop)
    {
        await using var process = WmaProcess.Start(
            "rollout", ["rollout", .. _work.Arguments, "--deterministic", "--device", "cpu", "--threads", "1", "--out", Path.Combine(folder, "rollout")]);
        var begin = await AtLineAsync(process, 1, stop);
        var end = await AtLineAsync(process, options.Iterations - 1, stop);
        return await process.EndAsync(stop) == 0 ? end.Since(begin, options.Iterations - 2) : throw new InvalidOperationException(process.Text);
    }

    private async Task<Mark> AtLineAsync(WmaProcess process, int iteration, CancellationToken stop)
    {
        await process.LineAsync(string.Create(CultureInfo.InvariantCulture, $"iteration {iteration}/{options.Iterations} ("), stop);
        return Mark.Of(process, 0);
    }

    private async Task<Cost> NodeAsync(string folder, CancellationToken stop)
    {
        await using var place = await Workplace.OpenAsync(Path.Combine(folder, "store.sqlite"), Path.Combine(folder, "state"), stop);
        await place.PlanAsync(_work, stop);
        var process = place.StartNode("node", "--exit-when-done", "--episodes-in-flight", "1");
        var begin = await AtCommitAsync(place, process, 1, stop);
        var end = await AtCommitAsync(place, process, options.Iterations - 1, stop);
        return await process.EndAsync(stop) == 0 ? end.Since(begin, options.Iterations - 2) : throw new InvalidOperationException(process.Text);
    }

    private static async Task<Mark> AtCommitAsync(Workplace place, WmaProcess process, int iterations, CancellationToken stop)
    {
        var dossier = (await place.UntilAsync($"{iterations} iterations", it => it[0].Episode.Committed >= iterations, stop))[0];
        // The moment of the commit by the journal; the looking comes up to a tenth of a second later.
        return Mark.Of(process, dossier.Iterations.Take(iterations).Sum(it => it.Files.Sum(file => file.Bytes))) with { At = dossier.Iterations[iterations - 1].At };
    }

    private sealed record Mark(DateTimeOffset At, double Processor, long Written, long Files)
    {
        public static Mark Of(WmaProcess process, long files) =>
            new(DateTimeOffset.UtcNow, ProcessTable.ProcessorSeconds(process.Id), ProcessTable.WrittenBytes(process.Id), files);

        public Cost Since(Mark begin, int iterations) => new(
            (At - begin.At).TotalSeconds / iterations, (Processor - begin.Processor) / iterations, (double)(Written - begin.Written) / iterations, (double)(Files - begin.Files) / iterations);
    }

    /// <summary>Of one iteration.</summary>
    private sealed record Cost(double Seconds, double Processor, double Written, double Files)
    {
        public JsonNode ToJson() => new JsonObject { ["seconds"] = Seconds, ["processor_seconds"] = Processor, ["written_bytes"] = Written, ["file_bytes"] = Files };

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seconds:0.000} s, processor {Processor:0.000} s, {Written:0} bytes");
    }
}

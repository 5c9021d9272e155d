using WorldModelActors.Benchmarks;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>A comparison of the original loop with the actors: loads, measures, prints.</summary>
/// <param name="settings">Model, episodes, machine.</param>
/// <param name="ddimSteps">One comparison for each, and</param>
/// <param name="executeSteps">each of these.</param>
/// <param name="repeats">Times that everything is measured.</param>
/// <param name="folder">Where files go.</param>
internal sealed class OverlapRun(WmaSettings settings, IReadOnlyList<int> ddimSteps, IReadOnlyList<int> executeSteps, int repeats, string folder)
{
    public bool Memory { get; init; }

    public bool Json { get; init; }

    public async Task<int> RunAsync()
    {
        using var model = BenchmarkModel.Load(settings);
        foreach (var steps in executeSteps)
        {
            foreach (var denoising in ddimSteps)
            {
                (model.Episodes[0].Plan with { ExecuteSteps = steps, DdimSteps = denoising }).Validate(model.Model.Options.UNet.TemporalLength);
            }
        }

        using var interrupts = new Interrupts(() => Console.Error.WriteLine("wma: stopping after the run in hand (again to quit at once)"));
        var cores = settings.Device.Threads > 0 ? settings.Device.Threads : Environment.ProcessorCount;
        var benchmark = new OverlapBenchmark(
            model.Model,
            model.Episodes,
            new OverlapOptions
            {
                ExecuteSteps = executeSteps,
                Iterations = settings.Rollout.Iterations,
                DdimSteps = ddimSteps,
                Repeats = repeats,
                Episodes = settings.Rollout.EpisodesInFlight,
                // All cores for one operator, or one of them left to the other lanes.
                Threads = [.. new[] { cores, Math.Max(1, cores - 1) }.Distinct()],
                Engine = settings.Engine.ToEngine(),
                Pipeline = settings.ToRolloutOptions(),
                Video = settings.Media.ToVideoOptions(),
                Folder = folder,
            },
            what => Console.Error.WriteLine("wma: " + what));
        OverlapReport report;
        try
        {
            report = await benchmark.RunAsync(Memory, interrupts.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }

        var files = OverlapFiles.Write(report, benchmark, folder);
        if (Json)
        {
            Console.Out.Write(report.ToJson());
        }
        else
        {
            report.Print(Console.Out);
            Console.WriteLine();
            foreach (var file in files)
            {
                Console.WriteLine(file);
            }
        }

        return report.FramesAgree ? ExitCode.Done : ExitCode.Failed;
    }
}

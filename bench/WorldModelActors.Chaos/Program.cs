using System.Text.Json;
using System.Text.Json.Nodes;
using WorldModelActors.Reliability;

namespace WorldModelActors.Chaos;

/// <summary>
/// Reliability, measured on real processes:
/// <code>
/// dotnet run -c Release --project bench/WorldModelActors.Chaos -- [chaos] --nodes 3 --episodes 30 --faults 40 --seed 1 [--store postgres|sqlite] [--engine embedded|akka] [--out DIR]
/// dotnet run -c Release --project bench/WorldModelActors.Chaos -- recovery [--trials 7] [--lease 5] [--store ...] [--engine akka] [--out DIR]
/// dotnet run -c Release --project bench/WorldModelActors.Chaos -- overhead [--iterations 20] [--ddim-steps 16] [--trials 5] [--out DIR]
/// dotnet run -c Release --project bench/WorldModelActors.Chaos -- fleet [--nodes 16] [--planned 1000,10000,100000] [--episodes 10000] [--out DIR]
/// </code>
/// With <c>--engine akka</c> the nodes form a cluster, with SQLite on a network of its own that is cut, too (root); it wants a build with
/// <c>-p:Engine=akka</c>. Each writes a table, and in DIR the same as Markdown and as JSON.
/// </summary>
internal static class Program
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private static async Task<int> Main(string[] arguments)
    {
        var mode = arguments.Length > 0 && !arguments[0].StartsWith('-') ? arguments[0] : "chaos";
        ChaosOptions options;
        try
        {
            options = ChaosOptions.Parse([.. arguments.Skip(arguments.Length > 0 && arguments[0] == mode ? 1 : 0)]);
        }
        catch (FormatException cause)
        {
            await Console.Error.WriteLineAsync(cause.Message);
            return 2;
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(options.Minutes));
        using var folder = new ScratchFolder();
        var (postgres, reason) = mode == "fleet" || (options.OnPostgres && mode is "chaos" or "recovery") ? PrivatePostgres.Start(folder["postgres"], flushes: mode == "fleet") : (null, null);
        using var instance = postgres;
        if (reason is not null)
        {
            await Console.Error.WriteLineAsync(reason);
            return 2;
        }

        var (markdown, json, isGood) = mode switch
        {
            "chaos" => await ChaosAsync(options, folder, postgres, limit.Token),
            "recovery" => await new RecoveryRun(options, Console.Error).RunAsync(folder.Path, postgres, limit.Token),
            "overhead" => await new OverheadRun(options, Console.Error).RunAsync(folder.Path, limit.Token),
            "fleet" => await new FleetRun(options, Console.Error).RunAsync(postgres!, limit.Token),
            _ => (null, null, false),
        };
        if (markdown is null || json is null)
        {
            await Console.Error.WriteLineAsync($"{mode}: use chaos, recovery, overhead or fleet");
            return 2;
        }

        Directory.CreateDirectory(options.Out);
        await File.WriteAllTextAsync(Path.Combine(options.Out, mode + ".md"), markdown);
        await File.WriteAllTextAsync(Path.Combine(options.Out, mode + ".json"), json.ToJsonString(s_indented));
        Console.WriteLine(markdown);
        return isGood ? 0 : 1;
    }

    private static async Task<(string? Markdown, JsonObject? Json, bool IsGood)> ChaosAsync(
        ChaosOptions options, ScratchFolder folder, PrivatePostgres? postgres, CancellationToken stop)
    {
        await Console.Error.WriteLineAsync("the undisturbed run ...");
        var undisturbed = await UndisturbedRun.RunAsync(folder["undisturbed"], options.Workloads(), stop);
        var report = await new ChaosRun(options, Console.Error).RunAsync(undisturbed, folder["disturbed"], postgres, stop);
        return (report.ToMarkdown(), report.ToJson(), report.IsGood);
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using WorldModelActors.Episodes;
using WorldModelActors.Reliability;

namespace WorldModelActors.Chaos;

/// <summary>What a chaos run came to.</summary>
internal sealed record ChaosReport
{
    public required ChaosOptions Options { get; init; }

    public required IReadOnlyList<FaultRecord> Faults { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>Episodes that were taken from owners that had vanished.</summary>
    public required int TakeOvers { get; init; }

    /// <summary>Times that an episode went back behind a commit, because a file was damaged.</summary>
    public required int Rewinds { get; init; }

    /// <summary>Times that owners gave an episode back.</summary>
    public required int Releases { get; init; }

    /// <summary>Commits beyond one for each iteration: work that damaged files cost.</summary>
    public required int Repeated { get; init; }

    /// <summary>Seconds from a kill -9 of a node to the next claim of each episode that it had in hand.</summary>
    public required IReadOnlyList<double> Recoveries { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Times that a cluster had taken a node out, which was started again.</summary>
    public int StartedAgain { get; init; }

    /// <summary>Whether every fault was done and nothing is wrong.</summary>
    public bool IsGood => Verdict.Violations.Count == 0 && Verdict.Equal == Options.Episodes && Faults.Count == Options.Faults;

    public static ChaosReport Of(ChaosOptions options, IReadOnlyList<FaultRecord> faults, Verdict verdict, IReadOnlyList<EpisodeDossier> dossiers, double seconds) => new()
    {
        Options = options,
        Faults = faults,
        Verdict = verdict,
        TakeOvers = dossiers.Sum(it => it.TakeOvers()),
        Rewinds = dossiers.Sum(it => it.Count(EventKind.Rewound)),
        Releases = dossiers.Sum(it => it.Count(EventKind.Released)),
        Repeated = dossiers.Sum(it => it.Count(EventKind.IterationCommitted) - it.Episode.Iterations),
        Recoveries = [.. RecoveriesOf(faults, dossiers).Order()],
        Seconds = seconds,
    };

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine("| fault | times |").AppendLine("|---|---:|");
        foreach (var kind in Faults.GroupBy(fault => fault.Kind).OrderBy(group => group.Key))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {Describe(kind.Key)} | {kind.Count()} |");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"| **together** | **{Faults.Count}** |").AppendLine();
        text.AppendLine("| episodes | completed | lost | doubled | bit-equal | takeovers | rewinds | released | iterations done again | median recovery after kill -9 | seconds |");
        text.AppendLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"| {Verdict.Episodes} | {Verdict.Completed} | {Verdict.Lost} | {Verdict.Doubled} | {Verdict.Equal} | {TakeOvers} | {Rewinds} | {Releases} | {Repeated} | {Numbers.Text(Numbers.Median(Recoveries))} s (of {Recoveries.Count}, lease {Options.Lease} s) | {Seconds:0} |");
        foreach (var violation in Verdict.Violations)
        {
            text.AppendLine().Append("- ").AppendLine(violation);
        }

        return text.ToString();
    }

    public JsonObject ToJson() => new()
    {
        ["date"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
        ["store"] = Options.OnPostgres ? "postgres" : "sqlite",
        ["engine"] = Options.InCluster ? "akka" : "embedded",
        ["nodes"] = Options.Nodes,
        ["started_again"] = StartedAgain,
        ["seed"] = Options.Seed,
        ["lease_seconds"] = Options.Lease,
        ["iterations"] = Options.Iterations,
        ["ddim_steps"] = Options.DdimSteps,
        ["exe_steps"] = Options.ExecuteSteps,
        ["faults"] = new JsonArray([.. Faults.Select(fault => (JsonNode)new JsonObject
        {
            ["kind"] = fault.Kind.ToString(), ["at"] = fault.At.ToString("O", CultureInfo.InvariantCulture), ["node"] = fault.Node, ["held"] = fault.Held.Count, ["note"] = fault.Note,
        })]),
        ["episodes"] = Verdict.Episodes,
        ["completed"] = Verdict.Completed,
        ["lost"] = Verdict.Lost,
        ["doubled"] = Verdict.Doubled,
        ["bit_equal"] = Verdict.Equal,
        ["takeovers"] = TakeOvers,
        ["rewinds"] = Rewinds,
        ["released"] = Releases,
        ["iterations_done_again"] = Repeated,
        ["recovery_seconds"] = new JsonArray([.. Recoveries.Select(seconds => (JsonNode)Math.Round(seconds, 3))]),
        ["seconds"] = Math.Round(Seconds, 1),
        ["violations"] = new JsonArray([.. Verdict.Violations.Select(text => (JsonNode)text)]),
    };

    /// <summary>The store's clock is that of this machine, also with PostgreSQL, which runs here.</summary>
    private static IEnumerable<double> RecoveriesOf(IReadOnlyList<FaultRecord> faults, IReadOnlyList<EpisodeDossier> dossiers)
    {
        var byId = dossiers.ToDictionary(it => it.Episode.Id);
        foreach (var fault in faults.Where(fault => fault.Kind is FaultKind.KillNode or FaultKind.TearFile or FaultKind.CorruptCheckpoint))
        {
            foreach (var (id, epoch) in fault.Held)
            {
                if (byId[id].Events.FirstOrDefault(it => it.Kind == EventKind.Claimed && it.Epoch == epoch + 1) is { } claim)
                {
                    yield return (claim.At - fault.At).TotalSeconds;
                }
            }
        }
    }

    private static string Describe(FaultKind kind) => kind switch
    {
        FaultKind.KillNode => "kill -9 of a node, started again",
        FaultKind.TearFile => "kill -9 of a node while it writes a file; the file cut or deleted",
        FaultKind.CorruptCheckpoint => "kill -9 of a node, its newest checkpoint damaged",
        FaultKind.FreezeNode => "SIGSTOP for longer than the lease, SIGCONT",
        FaultKind.CutOffNode => "network of a node cut off for 12 to 20 s",
        FaultKind.DrainNode => "SIGTERM (drain), started again",
        _ => "kill -9 of PostgreSQL, started again",
    };
}

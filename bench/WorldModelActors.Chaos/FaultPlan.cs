namespace WorldModelActors.Chaos;

/// <summary>A fault to come.</summary>
/// <param name="Kind">What.</param>
/// <param name="AfterIterations">When so many iterations are committed in all.</param>
/// <param name="Node">Which node it prefers, from 0.</param>
/// <param name="Chance">A number in [0, 1) for what else there is to choose.</param>
internal sealed record PlannedFault(FaultKind Kind, int AfterIterations, int Node, double Chance);

/// <summary>Faults, spread over a run; the same for the same seed.</summary>
internal static class FaultPlan
{
    /// <summary>Plans as many of each kind as of any other, but for one, in a random order.</summary>
    public static IReadOnlyList<PlannedFault> Make(ChaosOptions options)
    {
        var random = new Random(options.Seed);
        var kinds = Enum.GetValues<FaultKind>().Where(kind => (options.OnPostgres || kind != FaultKind.KillPostgres) && (options.CutsNetwork || kind != FaultKind.CutOffNode)).ToArray();
        var chosen = Enumerable.Range(0, options.Faults).Select(i => kinds[i % kinds.Length]).ToArray();
        random.Shuffle(chosen);
        // The last tenth of the iterations is left for the end to come to rest.
        var span = options.Episodes * options.Iterations * 9 / 10;
        return [.. chosen.Select((kind, i) => new PlannedFault(kind, 1 + (i * span / Math.Max(1, options.Faults)), random.Next(options.Nodes), random.NextDouble()))];
    }
}

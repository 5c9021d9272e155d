using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability;

/// <summary>The outputs of a workload that nobody disturbed, by what each episode runs.</summary>
public sealed class UndisturbedRun
{
    private readonly IReadOnlyDictionary<string, EpisodeOutput> _bySpec;

    private UndisturbedRun(IReadOnlyDictionary<string, EpisodeOutput> bySpec) => _bySpec = bySpec;

    /// <summary>Episodes that it knows.</summary>
    public int Count => _bySpec.Count;

    /// <summary>Runs workloads with one node on a SQLite store.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="works">The workloads.</param>
    /// <param name="stop">Stops waiting.</param>
    public static async Task<UndisturbedRun> RunAsync(string folder, IReadOnlyList<Workload> works, CancellationToken stop)
    {
        await using var place = await Workplace.OpenAsync(Path.Combine(folder, "store.sqlite"), Path.Combine(folder, "state"), stop).ConfigureAwait(false);
        foreach (var work in works)
        {
            await place.PlanAsync(work, stop).ConfigureAwait(false);
        }

        var node = place.StartNode("undisturbed", "--exit-when-done");
        var exit = await node.EndAsync(stop).ConfigureAwait(false);
        var dossiers = await place.DossiersAsync(stop).ConfigureAwait(false);
        return exit == 0 && dossiers.Count == works.Sum(work => work.Episodes.Count) && dossiers.All(it => it.Episode.State == JournalState.Completed)
            ? Of(place.Files, dossiers)
            : throw new InvalidOperationException($"the undisturbed run ended with {exit}:\n{place.Report(dossiers)}");
    }

    /// <summary>The outputs of completed episodes as they lie there.</summary>
    public static UndisturbedRun Of(EpisodeFiles files, IReadOnlyList<EpisodeDossier> dossiers) =>
        new(dossiers.ToDictionary(it => Key(it.Episode), it => EpisodeOutput.Read(files, it.Episode)));

    /// <summary>The output of the same episode; null where it was not run.</summary>
    public EpisodeOutput? Find(EpisodeView episode) => _bySpec.GetValueOrDefault(Key(episode));

    private static string Key(EpisodeView episode) => CanonicalJson.Text(episode.Spec);
}

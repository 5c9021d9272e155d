using System.Collections.Concurrent;
using WorldModelActors.Media;
using WorldModelActors.Torch;

namespace WorldModelActors.Episodes;

/// <summary>Makes reports from a store: reads every episode of a sweep, and compares the videos and trajectories of the completed ones.</summary>
/// <param name="store">The store.</param>
/// <param name="files">The files beside it.</param>
public sealed class SweepReporter(IEpisodeStore store, EpisodeFiles files)
{
    private const string Video = "video";
    private const string TrajectoryName = "trajectory";

    /// <summary>Makes the report of a sweep.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="reference">What to compare with, short names and values; null for what the sweep's file says.</param>
    /// <param name="progress">Told how many episodes were looked at, of how many.</param>
    /// <param name="stop">Stops it.</param>
    /// <exception cref="SweepException">The reference is none of the variants.</exception>
    public async Task<SweepReport> MakeAsync(
        SweepSummary sweep, IReadOnlyDictionary<string, string>? reference = null, Action<int, int>? progress = null, CancellationToken stop = default)
    {
        var views = await store.ListAllAsync(EpisodeSelection.OfSweep(sweep.Id), stop).ConfigureAwait(false);
        var episodes = views.Select(view => new ReportEpisode(
            view, EpisodeSpec.FromJson(view.Spec), view.State == JournalState.Completed ? EpisodeSummary.FromJson(view.Summary) : null)).ToList();
        reference ??= sweep.Spec["reference"]?.AsObject().ToDictionary(pair => pair.Key, pair => (string)pair.Value!, StringComparer.Ordinal);
        RequireReference(episodes, reference);

        var byPlace = new Dictionary<string, ReportEpisode>(StringComparer.Ordinal);
        foreach (var episode in episodes)
        {
            byPlace.TryAdd(PlaceOf(episode.Spec, episode.Spec.Variant), episode);
        }

        var done = 0;
        var results = new ReportEpisode[episodes.Count];
        var damages = new ConcurrentDictionary<string, string?>(StringComparer.Ordinal);
        await Task.Run(
            () => Parallel.For(0, episodes.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = stop }, i =>
            {
                var other = reference is null ? null : byPlace.GetValueOrDefault(PlaceOf(episodes[i].Spec, Over(episodes[i].Spec.Variant, reference)));
                results[i] = LookAt(episodes[i], other, reference is not null, damages, stop);
                progress?.Invoke(Interlocked.Increment(ref done), episodes.Count);
            }),
            stop).ConfigureAwait(false);
        return new SweepReport(sweep, reference, results, [.. results.GroupBy(episode => episode.Variant, StringComparer.Ordinal).Select(group => ReportVariant.Of([.. group]))]);
    }

    private static void RequireReference(List<ReportEpisode> episodes, IReadOnlyDictionary<string, string>? reference)
    {
        foreach (var (name, value) in reference ?? new Dictionary<string, string>())
        {
            var values = episodes.Select(episode => episode.Spec.Variant.GetValueOrDefault(name)).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
            if (name is "seed" or "frame-stride" || values.Count == 0)
            {
                var names = episodes.SelectMany(episode => episode.Spec.Variant.Keys).Where(key => key is not ("seed" or "frame-stride")).Distinct(StringComparer.Ordinal).ToList();
                throw new SweepException($"reference: '{name}' does not tell variants apart; {(names.Count > 0 ? $"use {string.Join(", ", names)}" : "this sweep has one variant only")}");
            }

            if (!values.Contains(value))
            {
                throw new SweepException($"reference: no episode has {name}={value}; there is {string.Join(", ", values)}");
            }
        }
    }

    /// <summary>Prompt, seed, repeat, frame stride and place in the grid: one episode of a sweep.</summary>
    private static string PlaceOf(EpisodeSpec spec, IReadOnlyDictionary<string, string> variant) => string.Join(
        '\u0001',
        [
            spec.Prompts, spec.NoiseName, spec.Settings.GetValueOrDefault("wma.rollout.seed") ?? "", spec.FrameStride.ToString(System.Globalization.CultureInfo.InvariantCulture),
            .. variant.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"),
        ]);

    private static Dictionary<string, string> Over(IReadOnlyDictionary<string, string> variant, IReadOnlyDictionary<string, string> reference)
    {
        var result = new Dictionary<string, string>(variant, StringComparer.Ordinal);
        foreach (var (name, value) in reference)
        {
            result[name] = value;
        }

        return result;
    }

    /// <summary>What can be computed from the files of an episode; what cannot becomes a note, so that one damaged file spoils no report.</summary>
    private ReportEpisode LookAt(ReportEpisode episode, ReportEpisode? reference, bool isCompared, ConcurrentDictionary<string, string?> damages, CancellationToken stop)
    {
        if (!episode.IsCompleted)
        {
            return episode with { IsReference = ReferenceEquals(episode, reference), Note = episode.View.State == JournalState.Completed ? "has no numbers: another program completed it" : episode.View.Cause };
        }

        try
        {
            var own = (Video: Whole(episode, Video, damages), Trajectory: Whole(episode, TrajectoryName, damages));
            var simulated = SimulatedOutcome.TaskOf(episode.Spec, episode.Summary!.Instruction) is { } task ? SimulatedOutcome.Of(task, own.Video, own.Trajectory, stop) : null;
            if (ReferenceEquals(episode, reference))
            {
                return episode with { IsReference = true, Simulated = simulated };
            }

            if (reference is not { IsCompleted: true })
            {
                return episode with { Simulated = simulated, Note = isCompared ? reference is null ? "has no reference episode" : "its reference episode is not completed" : null };
            }

            try
            {
                var comparison = EpisodeComparison.Of(own, (Whole(reference, Video, damages), Whole(reference, TrajectoryName, damages)), stop);
                return episode with { Simulated = simulated, Comparison = comparison };
            }
            catch (Exception cause) when (cause is SweepException or MediaException or SafetensorsException)
            {
                return episode with { Simulated = simulated, Note = cause.Message };
            }
        }
        catch (Exception cause) when (cause is SweepException or MediaException or SafetensorsException or StoreException)
        {
            return episode with { Note = cause.Message };
        }
    }

    /// <summary>The path of a result whose checksum is right.</summary>
    private string Whole(ReportEpisode episode, string what, ConcurrentDictionary<string, string?> damages)
    {
        var file = ResultFiles.Find(episode.View, what) ?? throw new SweepException($"episode {episode.View.Id} has no {what}");
        var path = files.PathOf(episode.View.Id, file);
        return damages.GetOrAdd(path, _ => files.Damage(episode.View.Id, file)) is { } damage ? throw new SweepException($"{damage}; run wma store check") : path;
    }
}

using WorldModelActors.Episodes;
using WorldModelActors.Rollout;

namespace WorldModelActors.Cli;

/// <summary>
/// The observation queues as arrays of a checkpoint: <c>images</c> [n, 3 H W], <c>states</c> [n, 16], <c>actions</c> [16, 16], float32, oldest
/// first.
/// </summary>
internal static class ObservationArrays
{
    public static IReadOnlyList<NamedArray> Write((float[] Images, float[] States, float[] Actions) queues, int width)
    {
        var observations = queues.States.Length / width;
        return
        [
            NamedArray.Of("images", [observations, queues.Images.Length / observations], queues.Images),
            NamedArray.Of("states", [observations, width], queues.States),
            NamedArray.Of("actions", [queues.Actions.Length / width, width], queues.Actions),
        ];
    }

    /// <summary>Where an episode goes on; null where it begins.</summary>
    /// <exception cref="StoreException">The checkpoint lacks an array.</exception>
    public static EpisodeSnapshot? Read(string episodeId, ResumePoint point)
    {
        if (point.Next == 0)
        {
            return null;
        }

        float[] Of(string name) => point.Queue.FirstOrDefault(array => array.Name == name)?.ToSingles()
            ?? throw new StoreException($"episode {episodeId}: the checkpoint of iteration {point.Next - 1} has no array '{name}'; a newer version of wma may have written it");
        return new EpisodeSnapshot(
            point.Next,
            (int)point.Frames,
            0,
            Of("images"),
            Of("states"),
            Of("actions"),
            [.. point.Committed.SelectMany(iteration => iteration.Rows.Actions.ToArray())],
            [.. point.Committed.SelectMany(iteration => iteration.Rows.States.ToArray())]);
    }
}

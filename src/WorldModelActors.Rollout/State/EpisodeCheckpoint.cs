using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>
/// An episode at the beginning of an iteration: everything that the rest of it depends on. It is made when the iteration before is
/// complete, and becomes the committed one when all frames up to there are in the video and the journal has taken it.
/// </summary>
public sealed class EpisodeCheckpoint
{
    private readonly LatentStore _store;
    private readonly LatentOwner _owner;
    private readonly IReadOnlyList<LatentHandle> _images;
    private readonly IReadOnlyList<float[]> _states;
    private readonly IReadOnlyList<float[]> _actions;
    private readonly EpisodeTrajectory _trajectory;

    internal EpisodeCheckpoint(
        EpisodePlan plan, EpisodeState<LatentHandle> state, EpisodeTrajectory trajectory, int policyFrames, LatentStore store, LatentOwner owner, ActorPath holder)
    {
        Plan = plan;
        Iteration = state.Iteration;
        PolicyFrames = policyFrames;
        (_store, _owner, _trajectory) = (store, owner, trajectory);
        (_images, _states, _actions) = ([.. state.Images], [.. state.States], [.. state.Actions]);
        foreach (var image in _images.Distinct())
            store.Retain(image, owner, holder, $"the checkpoint of iteration {Iteration}");
    }

    /// <summary>The episode.</summary>
    public EpisodePlan Plan { get; }

    /// <summary>Iterations completed.</summary>
    public int Iteration { get; }

    /// <summary>Executed frames up to here.</summary>
    public int Frames => Iteration * Plan.ExecuteSteps;

    /// <summary>Frames that the policy calls imagined up to here; 0 where they are not decoded.</summary>
    public int PolicyFrames { get; }

    /// <summary>
    /// Its contents as plain arrays; reads the images from the device. Only within <see cref="IEpisodeJournal.CommitAsync"/>.
    /// </summary>
    public EpisodeSnapshot Read()
    {
        var (actions, states) = _trajectory.Read(0, Frames);
        return new EpisodeSnapshot(
            Iteration,
            Frames,
            PolicyFrames,
            [.. _images.SelectMany(_store.Read)],
            [.. _states.SelectMany(s => s)],
            [.. _actions.SelectMany(a => a)],
            actions,
            states);
    }

    /// <summary>
    /// The observation queues: images [n, 3, H, W], states [n, 16] and actions [16, 16], oldest first. Reads the images from the device; only
    /// within <see cref="IEpisodeJournal.CommitAsync"/>.
    /// </summary>
    public (float[] Images, float[] States, float[] Actions) ReadQueues() =>
        ([.. _images.SelectMany(_store.Read)], [.. _states.SelectMany(s => s)], [.. _actions.SelectMany(a => a)]);

    /// <summary>The executed actions and predicted states [exe-steps, 16] of the last iteration; empty before the first.</summary>
    public (float[] Actions, float[] States) ReadLastRows() =>
        Iteration == 0 ? ([], []) : _trajectory.Read(Frames - Plan.ExecuteSteps, Plan.ExecuteSteps);

    /// <summary>The loop as it stands here; its images are retained for their new owner.</summary>
    internal EpisodeState<LatentHandle> Restore(LatentOwner owner, ActorPath holder)
    {
        foreach (var image in _images.Distinct())
            _store.Retain(image, owner, holder, $"the restart at iteration {Iteration}");
        return new EpisodeState<LatentHandle>(Plan, Iteration, _images, _states, _actions);
    }

    internal void Release()
    {
        foreach (var image in _images.Distinct())
            _store.Release(image, _owner);
    }
}

/// <summary>An episode at the beginning of an iteration, as plain row-major arrays.</summary>
/// <param name="Iteration">Iterations completed.</param>
/// <param name="Frames">Executed frames up to here.</param>
/// <param name="PolicyFrames">Frames that the policy calls imagined up to here; 0 where they are not decoded.</param>
/// <param name="Images">Observed images [n, 3, H, W], oldest first, in about [-1, 1], not clamped.</param>
/// <param name="States">Observed states [n, 16], oldest first, normalised and padded.</param>
/// <param name="Actions">The action queue [16, 16], oldest first.</param>
/// <param name="TrajectoryActions">Executed actions [Frames, 16].</param>
/// <param name="TrajectoryStates">Predicted states [Frames, 16].</param>
public sealed record EpisodeSnapshot(
    int Iteration,
    int Frames,
    int PolicyFrames,
    float[] Images,
    float[] States,
    float[] Actions,
    float[] TrajectoryActions,
    float[] TrajectoryStates);

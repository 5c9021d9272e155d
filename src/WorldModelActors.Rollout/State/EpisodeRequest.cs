using WorldModelActors.Media;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>An episode to run, and what it runs with.</summary>
/// <param name="Plan">What to run.</param>
/// <param name="Start">The first observation.</param>
/// <param name="Noise">Where noise comes from.</param>
/// <param name="Sink">Takes the frames; taken over and disposed.</param>
public sealed record EpisodeRequest(EpisodePlan Plan, EpisodeStart Start, INoiseSource Noise, IFrameSink Sink)
{
    /// <summary>Is told of each iteration that is complete and written; null: nobody.</summary>
    public IEpisodeJournal? Journal { get; init; }

    /// <summary>
    /// Where to go on; null: from the first observation. The sink gets the frames from <see cref="EpisodeSnapshot.Frames"/> on.
    /// </summary>
    public EpisodeSnapshot? Resume { get; init; }

    /// <summary>Checks it against a model.</summary>
    /// <exception cref="RolloutException">Names the first thing that does not fit.</exception>
    internal void Validate(ModelShape shape)
    {
        Plan.Validate(shape.Frames);
        if (Start.Image.Length != shape.ImageValues)
            throw new RolloutException($"episode {Plan.Id}: the first image has {Start.Image.Length} values, the model takes 3 x {shape.ImageHeight} x {shape.ImageWidth}");
        if (Resume is not { } at)
            return;
        if (Noise.IsSequential)
            throw new RolloutException($"episode {Plan.Id}: sequential noise cannot be resumed; use counter-based noise");
        if (at.Iteration < 0 || at.Iteration > Plan.Iterations)
            throw new RolloutException($"episode {Plan.Id}: cannot be resumed at iteration {at.Iteration}, it has {Plan.Iterations}");
        Require(at.Images.Length, shape.ObservationSteps * shape.ImageValues, "images");
        Require(at.States.Length, shape.ObservationSteps * shape.PaddedDim, "states");
        Require(at.Actions.Length, shape.Horizon * shape.PaddedDim, "actions");
        Require(at.Frames, at.Iteration * Plan.ExecuteSteps, "frames");
        Require(at.TrajectoryActions.Length, at.Frames * shape.PaddedDim, "rows of executed actions");
        Require(at.TrajectoryStates.Length, at.Frames * shape.PaddedDim, "rows of predicted states");
    }

    private void Require(int values, int expected, string what)
    {
        if (values != expected)
            throw new RolloutException($"episode {Plan.Id}: the state to resume from has {values} values of {what}, the episode takes {expected}");
    }
}

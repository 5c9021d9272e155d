using WorldModelActors.Media;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>One episode to run, with everything around it.</summary>
/// <param name="Plan">What to run.</param>
/// <param name="Start">The first observation.</param>
/// <param name="Noise">Where noise comes from.</param>
/// <param name="Sink">Where frames go; disposed when the episode ends.</param>
internal sealed record EpisodeJob(EpisodePlan Plan, EpisodeStart Start, INoiseSource Noise, IFrameSink Sink)
{
    /// <summary>Completes when the episode has ended, however it ended.</summary>
    public TaskCompletionSource<EpisodeResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Sizes of the model that the loop needs.</summary>
/// <param name="ObservationSteps">Observations that the model sees (2).</param>
/// <param name="Horizon">Actions and states of one prediction (16).</param>
/// <param name="Frames">Frames of one prediction (16).</param>
/// <param name="PaddedDim">Padded width of actions and states (16).</param>
/// <param name="ImageHeight">Height of a frame.</param>
/// <param name="ImageWidth">Width of a frame.</param>
internal sealed record ModelShape(int ObservationSteps, int Horizon, int Frames, int PaddedDim, int ImageHeight, int ImageWidth);

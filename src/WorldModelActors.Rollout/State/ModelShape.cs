namespace WorldModelActors.Rollout;

/// <summary>Sizes of the model that the loop needs.</summary>
/// <param name="ObservationSteps">Observations that the model sees (2).</param>
/// <param name="Horizon">Actions and states of one prediction (16).</param>
/// <param name="Frames">Frames of one prediction (16).</param>
/// <param name="PaddedDim">Padded width of actions and states (16).</param>
/// <param name="ImageHeight">Height of a frame.</param>
/// <param name="ImageWidth">Width of a frame.</param>
internal sealed record ModelShape(int ObservationSteps, int Horizon, int Frames, int PaddedDim, int ImageHeight, int ImageWidth)
{
    /// <summary>Values of an image [3, H, W].</summary>
    public int ImageValues => 3 * ImageHeight * ImageWidth;
}

namespace WorldModelActors.Models;

/// <summary>What one backbone pass yields. The tensors belong to the caller's dispose scope (to the caller where there is none).</summary>
/// <param name="Latent">Prediction for the video latent (v or noise, as the model is parameterised) [B, 4, T, h, w].</param>
/// <param name="Action">Predicted noise of the actions [B', T, 16] of the samples that read the action head, in order; null where none does.</param>
/// <param name="State">Predicted noise of the states [B', T, 16] of the samples that read the state head, in order; null where none does.</param>
/// <param name="Features">
/// The features that the heads read, frame-folded [B T, C, h, w], where they were asked for: the input side before each
/// down-sampling and at its end, the middle, the output side before each up-sampling and at its end.
/// </param>
public sealed record UNetOutput(Tensor Latent, Tensor? Action, Tensor? State, IReadOnlyList<Tensor>? Features);

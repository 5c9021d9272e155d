namespace WorldModelActors.Sampling;

/// <summary>
/// What one step did to one sample, for recording and comparison. The tensors are only valid during the call that hands them
/// over; clone what shall outlive it.
/// </summary>
/// <param name="Step">Loop step, from 0.</param>
/// <param name="StepCount">Steps of the run.</param>
/// <param name="Timestep">t.</param>
/// <param name="Latent">x_t that went in [1, C, T, h, w].</param>
/// <param name="Action">Actions that went in [1, horizon, dims].</param>
/// <param name="State">States that went in [1, horizon, dims].</param>
/// <param name="Prediction">The network's v or noise, after guidance.</param>
/// <param name="ActionNoise">The action head's output, after guidance; null where the stream is not followed.</param>
/// <param name="StateNoise">The state head's output, after guidance; null where the stream is not followed.</param>
/// <param name="PredictedX0">Predicted x0, rescaled.</param>
/// <param name="PreviousLatent">x_(t-1) that comes out.</param>
/// <param name="PreviousAction">Actions that come out; null where the stream is not followed.</param>
/// <param name="PreviousState">States that come out; null where the stream is not followed.</param>
public sealed record DenoisingStep(
    int Step,
    int StepCount,
    int Timestep,
    Tensor Latent,
    Tensor Action,
    Tensor State,
    Tensor Prediction,
    Tensor? ActionNoise,
    Tensor? StateNoise,
    Tensor PredictedX0,
    Tensor PreviousLatent,
    Tensor? PreviousAction,
    Tensor? PreviousState);

namespace WorldModelActors.Sampling;

/// <summary>The network: predicts for a batch whose samples may each be at another timestep.</summary>
public delegate DenoiserOutput Denoise<TCondition>(DenoiserInput<TCondition> input);

/// <summary>What the network gets; the tensors stay the sampler's.</summary>
/// <param name="Latents">x_t [B, C, T, h, w] float32.</param>
/// <param name="Actions">Action streams [B, horizon, dims] float32.</param>
/// <param name="States">State streams [B, horizon, dims] float32.</param>
/// <param name="Timesteps">t of every sample [B] int64, on the device of the latents.</param>
/// <param name="Conditions">What every sample is conditioned on (B entries).</param>
/// <param name="Streams">The streams that every sample follows (B entries): only those heads need to run.</param>
public sealed record DenoiserInput<TCondition>(
    Tensor Latents,
    Tensor Actions,
    Tensor States,
    Tensor Timesteps,
    IReadOnlyList<TCondition> Conditions,
    IReadOnlyList<PredictedStreams> Streams);

/// <summary>
/// What the network returns, made inside the sampler's dispose scope. A head's rows are either those of the whole batch or, in
/// batch order, those of the samples that follow its stream; null where no sample does.
/// </summary>
/// <param name="Prediction">v or noise [B, C, T, h, w].</param>
/// <param name="ActionNoise">Predicted noise of the actions [B or fewer, horizon, dims].</param>
/// <param name="StateNoise">Predicted noise of the states [B or fewer, horizon, dims].</param>
public sealed record DenoiserOutput(Tensor Prediction, Tensor? ActionNoise, Tensor? StateNoise);

using WorldModelActors.Engine;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>What a Denoiser is told.</summary>
public abstract record DenoiserMessage;

/// <summary>The tensors that a sample is conditioned on.</summary>
/// <param name="Context">Cross-attention context [1, L, D].</param>
/// <param name="Unconditional">Context to steer away from [1, L, D]; null without guidance.</param>
/// <param name="ConcatLatent">Scaled latent of the last observation [1, 4, h, w], repeated over the frames.</param>
public sealed record SampleInputs(LatentHandle Context, LatentHandle? Unconditional, LatentHandle ConcatLatent);

/// <summary>Denoise one sample to its end.</summary>
/// <param name="Spec">Which sample.</param>
/// <param name="Inputs">Handed over: the Denoiser releases them.</param>
/// <param name="Observation">Lent, for the heads' observation features.</param>
/// <param name="Streams">The heads whose output is read.</param>
/// <param name="ReplyTo">Gets the answer.</param>
public sealed record DenoiseSample(
    SampleSpec Spec,
    SampleInputs Inputs,
    ObservationEmbedded Observation,
    PredictedStreams Streams,
    IActorRef<Reply<SampleDenoised>> ReplyTo) : DenoiserMessage;

/// <summary>Drop the samples of an episode between two steps; each is answered with a cancellation.</summary>
public sealed record CancelSamples(string Episode) : DenoiserMessage;

/// <summary>To itself: make the next step of the samples in flight.</summary>
/// <param name="Owner">The instance that sent it; one that was started after a failure does not heed it.</param>
internal sealed record NextStep(object Owner) : DenoiserMessage;

/// <summary>A finished sample.</summary>
/// <param name="Latent">[1, 4, T, h, w].</param>
/// <param name="Actions">[16, 16], or null where the stream was not followed.</param>
/// <param name="States">[16, 16], or null where the stream was not followed.</param>
public sealed record SampleDenoised(LatentHandle Latent, float[]? Actions, float[]? States);

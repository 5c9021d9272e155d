using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>What a PolicySampler is told.</summary>
public abstract record PolicyMessage;

/// <summary>To the PolicySampler: instruction on, action tokens zeroed.</summary>
public sealed record SampleActions(SampleSpec Spec, ObservationEmbedded Observation, IActorRef<Reply<ActionsSampled>> ReplyTo) : PolicyMessage;

/// <summary>From the Denoiser.</summary>
internal sealed record ActionsDenoised(SampleActions Request, Reply<SampleDenoised> Outcome) : PolicyMessage;

/// <summary>The policy's answer.</summary>
/// <param name="Actions">Predicted actions [16, 16], normalised, padding not zeroed.</param>
/// <param name="Latent">Latent of the imagined frames [1, 4, T, h, w]; null unless they shall be decoded.</param>
public sealed record ActionsSampled(float[] Actions, LatentHandle? Latent);

/// <summary>What a WorldModelSampler is told.</summary>
public abstract record WorldModelMessage;

/// <summary>To the WorldModelSampler: actions on, empty instruction.</summary>
/// <param name="Spec">Which sample.</param>
/// <param name="Actions">Actions to follow [16, 16], normalised, padding zeroed.</param>
/// <param name="Observation">What is seen.</param>
/// <param name="ReplyTo">Gets the answer.</param>
public sealed record SampleFuture(
    SampleSpec Spec, float[] Actions, ObservationEmbedded Observation, IActorRef<Reply<FutureSampled>> ReplyTo) : WorldModelMessage;

/// <summary>From the Denoiser.</summary>
internal sealed record FutureDenoised(SampleFuture Request, Reply<SampleDenoised> Outcome) : WorldModelMessage;

/// <summary>The world model's answer.</summary>
/// <param name="Latent">Latent of the future frames [1, 4, T, h, w].</param>
/// <param name="States">Predicted states [16, 16], normalised, padding not zeroed.</param>
public sealed record FutureSampled(LatentHandle Latent, float[] States);

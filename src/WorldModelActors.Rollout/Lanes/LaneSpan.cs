using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>What does work in a node; on a device each lane has a thread of its own, and on CUDA a stream.</summary>
public enum Lane
{
    /// <summary>Denoising steps.</summary>
    UNet,

    /// <summary>Conditions of samples: text, tokens, posterior.</summary>
    Condition,

    /// <summary>Observations: CLIP and autoencoder encoding.</summary>
    Encode,

    /// <summary>Autoencoder decoding.</summary>
    Decode,

    /// <summary>Video encoding; belongs to no device.</summary>
    Write,
}

/// <summary>For whom a lane worked.</summary>
/// <param name="Episode">Id of the episode.</param>
/// <param name="Iteration">From 0.</param>
/// <param name="Phase">Of a sample; null for observations and frames.</param>
/// <param name="Step">Denoising step that was made, from 1; null where there is none.</param>
public readonly record struct LaneSubject(string Episode, int Iteration, SamplingPhase? Phase = null, int? Step = null);

/// <summary>One piece of work of a lane.</summary>
/// <param name="Lane">Who worked.</param>
/// <param name="Device">On which device, e.g. <c>cpu</c>; empty for <see cref="Lane.Write"/>.</param>
/// <param name="What">E.g. <c>denoise</c>, <c>decode urgent</c>.</param>
/// <param name="Start">Timestamp of the node's clock.</param>
/// <param name="End">Timestamp of the node's clock.</param>
/// <param name="Items">Size of the batch: samples or frames.</param>
/// <param name="Subjects">For whom.</param>
public readonly record struct LaneSpan(
    Lane Lane, string Device, string What, long Start, long End, int Items, IReadOnlyList<LaneSubject> Subjects);

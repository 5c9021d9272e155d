using WorldModelActors.Engine;
using WorldModelActors.Media;

namespace WorldModelActors.Rollout;

/// <summary>What an ObservationDecoder is told.</summary>
public abstract record DecoderMessage;

/// <summary>Decode frames of a latent.</summary>
/// <param name="Episode">Id of the episode.</param>
/// <param name="Latent">[1, 4, T, h, w]; lent until the answer.</param>
/// <param name="First">First frame.</param>
/// <param name="Count">Number of frames.</param>
/// <param name="Urgent">
/// The next observation waits for these frames: they are served first, and their tensors are kept on the device.
/// </param>
/// <param name="ReplyTo">Gets the answer.</param>
public sealed record DecodeFrames(
    string Episode, LatentHandle Latent, int First, int Count, bool Urgent, IActorRef<Reply<FramesDecoded>> ReplyTo) : DecoderMessage
{
    /// <summary>Iteration of the episode, from 0; for traces.</summary>
    public int Iteration { get; init; }

    /// <summary>Who answers for the handles that are made for it.</summary>
    public LatentOwner Owner { get; init; } = Episode;
}

/// <summary>To itself: look at the queue.</summary>
/// <param name="Generation">Out of date unless it is the last one.</param>
internal sealed record DecoderAwake(long Generation) : DecoderMessage;

/// <summary>Decoded frames.</summary>
/// <param name="First">First frame.</param>
/// <param name="Pictures">8-bit pictures in order; the receiver disposes them.</param>
/// <param name="Kept">For urgent requests: each frame [3, H, W], not clamped; otherwise empty.</param>
public sealed record FramesDecoded(int First, IReadOnlyList<Image> Pictures, IReadOnlyList<LatentHandle> Kept);

using WorldModelActors.Media;

namespace WorldModelActors.Rollout;

/// <summary>A <see cref="DecodeFrames"/> whose frames are gathered.</summary>
/// <param name="message">The request.</param>
/// <param name="device">Where the frames come from.</param>
/// <param name="fixedCall">Frames of a latent in a call of fixed composition: the first n, the next n, ...</param>
internal sealed class DecoderRequest(DecodeFrames message, IFrameDecoding device, int fixedCall) : PendingRequest(message, Math.Max(0, message.Count))
{
    /// <summary>Priority of frames that the next observation needs.</summary>
    public const int UrgentPriority = 0;

    private readonly DecodedFrame[] _frames = new DecodedFrame[Math.Max(0, message.Count)];

    public override string Episode => message.Episode;

    public override int Iteration => message.Iteration;

    public override int Priority => message.Urgent ? UrgentPriority : UrgentPriority + 1;

    public override bool IsAwaited => message.Urgent;

    public override string Shape { get; } = $"{message.Latent.Shape} {message.Latent.Dtype}";

    /// <summary>Calls end where the latent's frame number is a multiple of their size, wherever the request begins.</summary>
    public override int FixedCall(int item) => (message.First + item) / fixedCall;

    public override string Describe(int items) => $"decode {items} frame{(items == 1 ? "" : "s")} of {message.Latent}";

    public FrameToDecode Frame(int item) => new(message, message.First + item);

    public void Set(int item, DecodedFrame frame)
    {
        _frames[item] = frame;
        Fault ??= frame.Fault;
    }

    public override void Complete()
    {
        if (!device.IsLent(message.Latent))
        {
            // The episode has ended meanwhile and nobody would free the frames.
            Fail(new OperationCanceledException($"episode {Episode} has released the latent {message.Latent}"));
            return;
        }
        message.ReplyTo.Tell(new FramesDecoded(
            message.First, [.. _frames.Select(f => f.Picture!)], [.. _frames.Where(f => f.Kept is not null).Select(f => f.Kept!.Value)]));
    }

    public override void Fail(Exception cause)
    {
        Abandon();
        message.ReplyTo.Tell(Reply<FramesDecoded>.Failed(cause));
    }

    public override void Abandon()
    {
        foreach (var frame in _frames)
            device.Discard(frame);
        Array.Clear(_frames);
    }
}

/// <summary>A frame to decode.</summary>
/// <param name="Request">Who asked.</param>
/// <param name="Number">Number of the frame in the latent.</param>
internal readonly record struct FrameToDecode(DecodeFrames Request, int Number);

/// <summary>A decoded frame.</summary>
/// <param name="Picture">8-bit picture.</param>
/// <param name="Kept">The frame [3, H, W] on the device, for urgent requests.</param>
/// <param name="Fault">Instead of both: what is wrong with the frame.</param>
internal readonly record struct DecodedFrame(Image? Picture, LatentHandle? Kept, Exception? Fault = null);

/// <summary>What an ObservationDecoder needs of its device.</summary>
internal interface IFrameDecoding
{
    /// <summary>Decodes frames in one call of the network.</summary>
    /// <returns>The frames in the same order.</returns>
    IReadOnlyList<DecodedFrame> Decode(IReadOnlyList<FrameToDecode> frames);

    /// <summary>False when a handle was released: its owner is gone.</summary>
    bool IsLent(LatentHandle handle);

    /// <summary>Frees a frame that nobody gets.</summary>
    void Discard(DecodedFrame frame);
}

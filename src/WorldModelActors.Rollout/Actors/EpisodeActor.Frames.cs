using WorldModelActors.Engine;
using WorldModelActors.Media;

namespace WorldModelActors.Rollout;

/// <summary>From latents to frames, to the next observation and to the video.</summary>
internal sealed partial class EpisodeActor
{
    /// <summary>Frames that only the video needs, in order, not yet asked for.</summary>
    private readonly LinkedList<DecodeOrder> _segments = [];

    private bool _decodingObserved;
    private bool _videoBroken;

    /// <summary>Frames on their way from the decoder into the video.</summary>
    private int _framesInFlight;
    private int _framesWritten;
    private int _policyFramesWritten;
    private int _policyFramesSampled;

    /// <summary>Frames that the next observation is made of.</summary>
    private int ObservedCount => Math.Min(run.Shape.ObservationSteps, Plan.ExecuteSteps);

    /// <summary>
    /// Bound of <see cref="_framesInFlight"/>. Observed frames overtake the segment before them, so there is always room for one frame more:
    /// the writer waits for it.
    /// </summary>
    private int FrameLimit => Math.Max(_options.MaxFramesInFlight, ObservedCount + 1);

    /// <summary>Frames of one order. Fixed, so that what is decoded together does not depend on how fast frames are written.</summary>
    private int SegmentLength => Math.Clamp(_options.Decoder.MaxBatch, 1, FrameLimit - ObservedCount);

    /// <summary>
    /// Decodes the executed frames, each once: the last ones urgently, the others for the video only. Waits where the writer is too far
    /// behind; then there are frames in flight, whose acknowledgement comes back here.
    /// </summary>
    private void DecodeObserved(IActorContext<EpisodeMessage> context)
    {
        if (_future is not { } future || _decodingObserved)
            return;
        if (_videoBroken)
        {
            Store.Release(future.Latent);
            _future = null;
            return;
        }
        var iteration = _state!.Iteration;
        var rest = Plan.ExecuteSteps - ObservedCount;
        var reserve = rest > 0 || _segments.Count > 0 ? SegmentLength : 0;
        var iterationsInFlight = iteration - (_framesWritten / Plan.ExecuteSteps);
        var waits = iterationsInFlight >= _options.MaxIterationsInFlight || _framesInFlight + ObservedCount + reserve > FrameLimit;
        if (waits && _framesInFlight + _segments.Count > 0)
        {
            _clock.Start(Phase.Write);
            return;
        }
        _clock.Stop(Phase.Write);
        _clock.Start(Phase.Decode);
        _decodingObserved = true;
        if (rest > 0)
        {
            Store.Retain(future.Latent);
            _segments.AddLast(new DecodeOrder(iteration, FrameTrack.World, future.Latent, 0, rest, false));
        }
        Decode(new DecodeOrder(iteration, FrameTrack.World, future.Latent, rest, ObservedCount, true), context);
    }

    private void DecodePolicyVideo(LatentHandle imagined)
    {
        _segments.AddLast(new DecodeOrder(_state!.Iteration, FrameTrack.Policy, imagined, 0, run.Shape.Frames, false));
        _policyFramesSampled += run.Shape.Frames;
    }

    /// <summary>Asks for the frames of segments, piece by piece, as far as there is room.</summary>
    private void DecodeSegments(IActorContext<EpisodeMessage> context)
    {
        while (_segments.First is { Value: var segment } node)
        {
            var end = segment.First + segment.Count;
            var first = _videoBroken ? end : segment.First;
            for (; first < end && _framesInFlight + Math.Min(SegmentLength, end - first) <= FrameLimit; first += SegmentLength)
            {
                Store.Retain(segment.Latent);
                Decode(segment with { First = first, Count = Math.Min(SegmentLength, end - first) }, context);
            }
            if (first < end)
            {
                node.Value = segment with { First = first, Count = end - first };
                return;
            }
            _segments.Remove(node);
            Store.Release(segment.Latent);
        }
    }

    /// <summary>Each order holds one reference of its latent until it is answered for good.</summary>
    private void Decode(DecodeOrder order, IActorContext<EpisodeMessage> context)
    {
        if (order.Attempt == 0)
            _framesInFlight += order.Count;
        run.Device.Decoder.Tell(new DecodeFrames(
            Plan.Id,
            order.Latent,
            order.First,
            order.Count,
            order.Urgent,
            ReplyTo<FramesDecoded>(context, (id, reply) => new EpisodeAnswer.Decoded(run, id, order, reply)))
        {
            Owner = _owner,
            Iteration = order.Iteration,
        });
    }

    private void OnDecoded(DecodeOrder order, Reply<FramesDecoded> reply, IActorContext<EpisodeMessage> context)
    {
        var again = false;
        var accepted = Accept(reply, "decoding frames", order.Attempt, () => again = true);
        if (again)
        {
            Decode(order with { Attempt = order.Attempt + 1 }, context);
            return;
        }
        Store.Release(order.Latent);
        if (!accepted)
        {
            // The frames after these cannot be written.
            _framesInFlight -= order.Count;
            _videoBroken = true;
            if (order.Urgent)
                (_future, _decodingObserved) = (null, false);
            return;
        }
        var decoded = reply.Value!;
        run.FramesDecoded += decoded.Pictures.Count;
        var perIteration = order.Track == FrameTrack.World ? Plan.ExecuteSteps : run.Shape.Frames;
        Write(order.Track, (order.Iteration * perIteration) + order.First, order.Iteration, decoded.Pictures, 0, context);
        if (order.Urgent)
        {
            _decodingObserved = false;
            Observe(decoded.Kept, context);
        }
    }

    private void Write(FrameTrack track, int first, int iteration, IReadOnlyList<Image> pictures, int attempt, IActorContext<EpisodeMessage> context)
    {
        if (_writer is null)
        {
            _framesInFlight -= pictures.Count;
            PicturesInFlight.Dispose(pictures);
            return;
        }
        var request = run.Requests.Open();
        var frames = new WriteFrames(
            track, first, iteration, pictures, ReplyTo<FramesWritten>(context, request, (id, reply) => new EpisodeAnswer.Written(run, id, attempt, reply)));
        run.Pictures.Sent(request, frames);
        _writer.Tell(frames);
    }

    private void OnWritten(EpisodeAnswer.Written answer, IActorContext<EpisodeMessage> context)
    {
        if (run.Pictures.Take(answer.Request) is not { } frames)
            return;
        if (answer.Reply.Failure is { } cause)
        {
            if (answer.Attempt < _options.MaxRetries && cause is not RolloutException && !_finishing)
            {
                _observer.Retrying(Plan.Id, "writing frames", cause, answer.Attempt + 1);
                Write(frames.Track, frames.First, frames.Iteration, frames.Pictures, answer.Attempt + 1, context);
                return;
            }
            _ending ??= new RolloutException($"episode {Plan.Id}: {cause.Message}", cause);
            _videoBroken = true;
        }
        _framesInFlight -= frames.Pictures.Count;
        PicturesInFlight.Dispose(frames.Pictures);
        if (answer.Reply.Failure is not null)
            return;
        if (frames.Track == FrameTrack.Policy)
        {
            _policyFramesWritten += frames.Pictures.Count;
            return;
        }
        _framesWritten += frames.Pictures.Count;
        _observer.FramesWritten(Plan.Id, run.Tracks.Written(FrameTrack.World));
    }
}

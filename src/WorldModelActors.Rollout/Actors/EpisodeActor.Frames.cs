using WorldModelActors.Engine;
using WorldModelActors.Media;

namespace WorldModelActors.Rollout;

/// <summary>From latents to frames, to the next observation and to the video; and the end of the episode.</summary>
internal sealed partial class EpisodeActor
{
    /// <summary>
    /// Decodes the executed frames, each once: the last ones urgently, the others for the video only. Waits for the writer
    /// where it is too far behind.
    /// </summary>
    private void DecodeFuture(IActorContext<EpisodeMessage> context)
    {
        if (_future is not { } future || _framesRequested - _framesWritten > Plan.ExecuteSteps * (_options.MaxIterationsInFlight - 1))
        {
            _clock.Start(Phase.Write);
            return;
        }
        _clock.Stop(Phase.Write);
        _clock.Start(Phase.Decode);
        var iteration = _state!.Iteration;
        var rest = Plan.ExecuteSteps - UrgentCount;
        _framesRequested += Plan.ExecuteSteps;
        Decode(new DecodeOrder(iteration, FrameTrack.World, future.Latent, rest, UrgentCount, true), context);
        if (rest > 0)
            Decode(new DecodeOrder(iteration, FrameTrack.World, _device.Store.Retain(future.Latent), 0, rest, false), context);
    }

    private void DecodePolicyVideo(LatentHandle imagined, IActorContext<EpisodeMessage> context) =>
        Decode(new DecodeOrder(_state!.Iteration, FrameTrack.Policy, imagined, 0, _shape.Frames, false), context);

    /// <summary>Each order holds one reference of its latent until it is answered for good.</summary>
    private void Decode(DecodeOrder order, IActorContext<EpisodeMessage> context)
    {
        _outstanding++;
        _device.Decoder.Tell(new DecodeFrames(
            Plan.Id,
            order.Latent,
            order.First,
            order.Count,
            order.Urgent,
            context.Adapt<Reply<FramesDecoded>>(r => new EpisodeMessage.Decoded(order, r)))
        {
            Iteration = order.Iteration,
        });
    }

    private void OnDecoded(DecodeOrder order, Reply<FramesDecoded> reply, IActorContext<EpisodeMessage> context)
    {
        var again = false;
        var accepted = Accept(reply, "decoding frames", () =>
        {
            again = true;
            Decode(order, context);
        });
        if (!again)
            _device.Store.Release(order.Latent);
        if (!accepted)
            return;
        var decoded = reply.Value!;
        _framesDecoded += decoded.Pictures.Count;
        var perIteration = order.Track == FrameTrack.World ? Plan.ExecuteSteps : _shape.Frames;
        _outstanding++;
        _writer!.Tell(new WriteFrames(
            order.Track,
            (order.Iteration * perIteration) + order.First,
            decoded.Pictures,
            context.Adapt<Reply<FramesWritten>>(r => new EpisodeMessage.Written(r))));
        if (order.Urgent)
            Observe(decoded.Kept, context);
    }

    /// <summary>The next observation is there: completes the iteration and begins the next one.</summary>
    private void Observe(IReadOnlyList<LatentHandle> frames, IActorContext<EpisodeMessage> context)
    {
        _clock.Stop(Phase.Decode);
        var states = _future!.States;
        _future = null;
        var dropped = _state!.ApplyFuture(frames, states);
        // One image may have filled several slots under one reference.
        foreach (var image in dropped.Distinct().Where(d => !_state.Images.Contains(d)))
            _device.Store.Release(image);
        _trajectory.Append(_actions!, states, Plan.ExecuteSteps);
        _observer.IterationCompleted(Plan.Id, _state.Iteration - 1, _clock.EndIteration());
        if (_ending is null && !_state.IsComplete)
            Embed(context);
    }

    private void OnWritten(Reply<FramesWritten> reply, IActorContext<EpisodeMessage> context)
    {
        _outstanding--;
        if (reply.Value is not { } written)
        {
            _ending ??= new RolloutException($"episode {Plan.Id}: {reply.Failure!.Message}", reply.Failure);
            return;
        }
        if (written.Track != FrameTrack.World)
            return;
        _framesWritten += written.Count;
        _observer.FramesWritten(Plan.Id, _framesWritten);
        if (_future is not null && _clock.IsRunning(Phase.Write))
            DecodeFuture(context);
    }

    private void OnWriterEnded(Exception? cause, IActorContext<EpisodeMessage> context)
    {
        if (_job.Result.Task.IsCompleted)
            return;
        // Frames that were on their way to it will not be acknowledged.
        _ending ??= new RolloutException($"episode {Plan.Id}: the video writer ended: {cause?.Message ?? "stopped"}", cause ?? new InvalidOperationException());
        _outstanding = 0;
        Conclude(context);
    }

    /// <summary>Everything asked for was answered and nothing more is to be asked: finish the video.</summary>
    private void EndIfDone(IActorContext<EpisodeMessage> context)
    {
        if (_finishing || _outstanding > 0 || (_ending is null && !_state!.IsComplete))
            return;
        _finishing = true;
        _writer!.Tell(new FinishVideo(context.Adapt<Reply<VideoFinished>>(r => new EpisodeMessage.Finished(r))));
    }

    private void OnFinished(Reply<VideoFinished> reply, IActorContext<EpisodeMessage> context)
    {
        if (reply.Failure is { } cause)
            _ending ??= new RolloutException($"episode {Plan.Id}: {cause.Message}", cause);
        Conclude(context);
    }

    private void Conclude(IActorContext<EpisodeMessage> context)
    {
        ReleaseObservation();
        if (_future is { } future)
            _device.Store.Release(future.Latent);
        foreach (var image in _state?.Images.Distinct() ?? [])
            _device.Store.Release(image);
        var status = _ending switch
        {
            null => EpisodeStatus.Completed,
            OperationCanceledException => EpisodeStatus.Cancelled,
            _ => EpisodeStatus.Failed,
        };
        var (actions, states) = _trajectory.First(_framesWritten);
        var result = new EpisodeResult(
            Plan.Id, status, _state?.Iteration ?? 0, _framesWritten, _framesDecoded, actions, states, _clock.Total, _clock.Elapsed, _ending?.Message);
        var held = _device.Store.ReleaseEpisode(Plan.Id);
        if (held.Count > 0)
            _observer.HandlesLeaked(Plan.Id, held);
        _observer.EpisodeEnded(result);
        _job.Result.TrySetResult(result);
        context.StopSelf();
    }
}

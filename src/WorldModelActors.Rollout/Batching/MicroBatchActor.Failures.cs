using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>What becomes of the requests when something fails.</summary>
internal abstract partial class MicroBatchActor<TMessage, TRequest>
{
    /// <summary>The requests that were held are answered; their requesters may ask again.</summary>
    public override ValueTask PreRestartAsync(ActorFailure<TMessage> failure, IActorContext<TMessage> context)
    {
        // The message in hand is answered by supervision.
        Drop(failure.Cause, failure.UntypedMessage);
        return ValueTask.CompletedTask;
    }

    public override ValueTask PostStopAsync(IActorContext<TMessage> context)
    {
        Drop(new OperationCanceledException($"{context.Self.Path} was stopped"), null);
        return ValueTask.CompletedTask;
    }

    private static bool IsOutOfMemory(Exception e) => e is TorchException { IsOutOfMemory: true } or OutOfMemoryException;

    private void OnFailure(MicroBatch<PendingGroup<TRequest>, PendingItem<TRequest>> batch, List<TRequest> requests, Exception cause)
    {
        var items = batch.Items.Count;
        if (IsOutOfMemory(cause))
            _setup.Recorder.RanOutOfMemory(Lane, items);
        if (!IsOutOfMemory(cause))
        {
            if (requests.Count == 1)
                Fail(requests[0], cause);
            else
                PutBack(batch, i => batch.Key with { Alone = i.Request });
        }
        else if (_setup.FixedCalls)
        {
            Fail(requests[0], new InsufficientMemoryException(
                $"out of memory to {requests[0].Describe(items)} in one call, and deterministic calls are not made smaller: lower the largest batch ({cause.Message})", cause));
        }
        else if (Limit(batch.Key.Shape).OutOfMemory(items))
        {
            PutBack(batch, null);
        }
        else
        {
            Fail(requests[0], new InsufficientMemoryException(
                $"out of memory to {requests[0].Describe(items)} alone: use a smaller model or data type, or a device with more memory ({cause.Message})", cause));
        }
    }

    private void PutBack(
        MicroBatch<PendingGroup<TRequest>, PendingItem<TRequest>> batch, Func<PendingItem<TRequest>, PendingGroup<TRequest>>? regroup)
    {
        _queue.PutBack(batch, regroup);
        foreach (var item in batch.Items)
            item.Request.Waiting++;
    }

    private void Fail(TRequest request, Exception cause)
    {
        _held.Remove(request);
        request.Waiting -= _queue.RemoveAll(i => i.Request == request);
        request.Fail(cause);
    }

    private void Drop(Exception cause, object? except)
    {
        _queue.RemoveAll(_ => true);
        foreach (var request in _held)
        {
            request.Waiting = 0;
            if (ReferenceEquals(request.Message, except))
                request.Abandon();
            else
                request.Fail(cause);
        }
        _held.Clear();
        ReportDepth();
    }
}

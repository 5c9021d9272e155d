namespace WorldModelActors.Engine;

/// <summary>The one-time address of an ask.</summary>
internal sealed class ReplyRef<TReply>(ActorPath path, EventPublisher events) : IEmbeddedRef<TReply>
    where TReply : notnull
{
    private readonly TaskCompletionSource<TReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ActorPath Path => path;

    public ActorCell? Cell => null;

    public Task<TReply> Task => _reply.Task;

    public void Fail(Exception cause) => _reply.TrySetException(cause);

    public void Cancel(CancellationToken cancellationToken) => _reply.TrySetCanceled(cancellationToken);

    public void Tell(TReply message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!_reply.TrySetResult(message))
        {
            events.DeadLetter(path, message, DeadLetterReason.ReplyUnexpected);
        }
    }

    public ValueTask TellAsync(TReply message, CancellationToken cancellationToken = default)
    {
        Tell(message);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> PostAsync(TReply message, CancellationToken cancellationToken)
    {
        Tell(message);
        return ValueTask.FromResult(true);
    }

    public Task<TNext> Ask<TNext>(
        Func<IActorRef<TNext>, TReply> message, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TNext : notnull =>
        throw new NotSupportedException($"{path} is a one-time reply address: it cannot be asked");
}

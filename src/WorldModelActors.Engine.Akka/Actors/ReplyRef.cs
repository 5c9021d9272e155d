using Akka.Actor;

namespace WorldModelActors.Engine.Akka;

/// <summary>The one-time address of an ask: Akka's temporary actor, which other processes can answer too.</summary>
internal sealed class ReplyRef<TReply>(ActorPath path, Native.IActorRef native, TaskCompletionSource<TReply> reply, EventPublisher events)
    : IAkkaRef<TReply>
    where TReply : notnull
{
    private int _answered;

    public ActorPath Path => path;

    public AkkaCell? Cell => null;

    public Native.IActorRef NativeRef => native;

    public Task<TReply> Task => reply.Task;

    public void Fail(Exception cause)
    {
        Volatile.Write(ref _answered, 1);
        reply.TrySetException(cause);
    }

    public void Cancel(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _answered, 1);
        reply.TrySetCanceled(cancellationToken);
    }

    public void Tell(TReply message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Interlocked.Exchange(ref _answered, 1) == 0 && !reply.Task.IsCompleted)
        {
            native.Tell(message, ActorRefs.NoSender);
        }
        else
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

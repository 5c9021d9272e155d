using WorldModelActors.Engine;

namespace WorldModelActors.Rollout.Tests;

/// <summary>Takes one answer; a second one is an error.</summary>
internal sealed class Inbox<T> : IActorRef<Reply<T>>
    where T : class
{
    private readonly TaskCompletionSource<Reply<T>> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ActorPath Path { get; } = ActorPath.Parse("/inbox");

    public Task<Reply<T>> Reply => _reply.Task;

    public void Tell(Reply<T> message) => _reply.SetResult(message);

    public ValueTask TellAsync(Reply<T> message, CancellationToken cancellationToken = default)
    {
        Tell(message);
        return ValueTask.CompletedTask;
    }

    public Task<TReply> Ask<TReply>(Func<IActorRef<TReply>, Reply<T>> message, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : notnull => throw new NotSupportedException();
}

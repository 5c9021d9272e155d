using System.Globalization;

namespace WorldModelActors.Engine.Akka;

/// <summary>Request and reply: Akka's temporary actor takes the reply, the port's clock and the target's end bound the wait.</summary>
internal static class Asking
{
    private static readonly ActorPath Replies = ActorPath.Root.Child("temp");
    private static long _count;

    public static async Task<TReply> AskAsync<TMessage, TReply>(
        AkkaActorSystem system,
        IAkkaRef<TMessage> target,
        Func<IActorRef<TReply>, TMessage> makeMessage,
        TimeSpan timeout,
        CancellationToken cancellationToken)
        where TMessage : notnull
        where TReply : notnull
    {
        ArgumentNullException.ThrowIfNull(makeMessage);
        if (timeout <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "an ask must allow some time for the answer");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var completion = new TaskCompletionSource<TReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        var provider = system.Provider;
        var native = provider.CreateFutureRef(completion);
        var path = Replies.Child("ask-" + Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture));
        var reply = new ReplyRef<TReply>(path, native, completion, system.Events);
        provider.RegisterTempActor(native, native.Path);
        try
        {
            var message = makeMessage(reply);
            return await WaitAsync(system, target, message, reply, timeout, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            provider.UnregisterTempActor(native.Path);
        }
    }

    private static async Task<TReply> WaitAsync<TMessage, TReply>(
        AkkaActorSystem system,
        IAkkaRef<TMessage> target,
        TMessage message,
        ReplyRef<TReply> reply,
        TimeSpan timeout,
        CancellationToken cancellationToken)
        where TMessage : notnull
        where TReply : notnull
    {
        var messageType = message.GetType();
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var cancellation = cancellationToken.Register(() => reply.Cancel(cancellationToken));
        using var timer = timeout == Timeout.InfiniteTimeSpan
            ? null
            : system.Clock.StartSingle(timeout, () => reply.Fail(new AskTimeoutException(target.Path, messageType, timeout)));
        var observer = new StopObserver<TReply>(reply, target.Path, messageType);
        target.Cell?.AddObserver(observer);
        try
        {
            var post = PostAsync(target, message, givenUp.Token);
            if (await Task.WhenAny(reply.Task, post).ConfigureAwait(false) == post && !await post.ConfigureAwait(false))
            {
                reply.Fail(new AskTargetStoppedException(target.Path, messageType, null));
            }

            return await reply.Task.ConfigureAwait(false);
        }
        finally
        {
            target.Cell?.RemoveObserver(observer);
            await givenUp.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>False if the target takes no message any more.</summary>
    private static async Task<bool> PostAsync<TMessage>(
        IAkkaRef<TMessage> target, TMessage message, CancellationToken cancellationToken)
        where TMessage : notnull
    {
        try
        {
            return await target.PostAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private sealed class StopObserver<TReply>(ReplyRef<TReply> reply, ActorPath target, Type messageType) : IEndObserver
        where TReply : notnull
    {
        public void OnEnded(Exception? cause) => reply.Fail(new AskTargetStoppedException(target, messageType, cause));
    }
}

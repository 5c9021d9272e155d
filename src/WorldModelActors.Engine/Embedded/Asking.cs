using System.Globalization;

namespace WorldModelActors.Engine;

/// <summary>Request and reply over two one-way messages.</summary>
internal static class Asking
{
    private static readonly ActorPath Replies = ActorPath.Root.Child("temp");
    private static long _count;

    public static async Task<TReply> AskAsync<TMessage, TReply>(
        IEmbeddedRef<TMessage> target,
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
        var system = target.Cell!.OwningSystem;
        var path = Replies.Child("ask-" + Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture));
        var reply = new ReplyRef<TReply>(path, system.Events);
        var message = makeMessage(reply);
        var messageType = message.GetType();

        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var cancellation = cancellationToken.Register(() => reply.Cancel(cancellationToken));
        await using var timer = system.Time.CreateTimer(
            _ => reply.Fail(new AskTimeoutException(target.Path, messageType, timeout)),
            null,
            timeout,
            Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        var observer = new StopObserver<TReply>(reply, target.Path, messageType);
        target.Cell.AddObserver(observer);
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
            target.Cell.RemoveObserver(observer);
            await givenUp.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>False if the target takes no message any more.</summary>
    private static async Task<bool> PostAsync<TMessage>(
        IEmbeddedRef<TMessage> target, TMessage message, CancellationToken cancellationToken)
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

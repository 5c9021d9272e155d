using System.Runtime.CompilerServices;
using Akka.Actor;
using WorldModelActors.Engine.Conformance;

namespace WorldModelActors.Engine.Akka.Tests;

/// <summary>A parent that lives for days watches thousands of children: ended ones must be collectable, also by Akka's leave.</summary>
public class WatchRetentionTests
{
    private sealed record Birth(WeakReference[] Payload, IActorRef<IActorRef> Child);

    private sealed record Knock(IActorRef<bool> ReplyTo);

    [Fact]
    public async Task EndedActorsThatWereWatchedAreCollected()
    {
        await using var system = AkkaEngine.Instance.Start(new ActorSystemOptions());
        var ended = new TaskCompletionSource();
        var parent = system.Spawn(ActorProps.FromHandler<object>((message, context) =>
        {
            switch (message)
            {
                case Birth birth:
                    var child = context.Spawn(Child(birth.Payload));
                    context.Watch(child, t => t);
                    birth.Child.Tell(child);
                    break;
                case Knock knock:
                    knock.ReplyTo.Tell(true);
                    break;
                default:
                    ended.SetResult();
                    break;
            }

            return ValueTask.CompletedTask;
        }));
        var payload = new WeakReference[1];
        await EndChildAsync(system, parent, payload);
        await ended.Task.Within();
        // The parent's turn comes after what Akka told it of the end.
        await parent.Ask<bool>(reply => new Knock(reply), Timeout.InfiniteTimeSpan, TestContext.Current.CancellationToken).Within();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(payload[0].IsAlive);
    }

    /// <summary>Returns when Akka has told everybody that the child has ended, the parent first.</summary>
    private static async Task EndChildAsync(ActorSystem system, IActorRef<object> parent, WeakReference[] payload)
    {
        var child = await parent.Ask<IActorRef>(reply => new Birth(payload, reply), Timeout.InfiniteTimeSpan, TestContext.Current.CancellationToken).Within();
        var gone = child.ToAkka().WatchAsync(TestContext.Current.CancellationToken);
        await system.StopAsync(child).Within();
        Assert.True(await gone.Within());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ActorProps<object> Child(WeakReference[] payload)
    {
        var state = new byte[1024];
        payload[0] = new WeakReference(state);
        return ActorProps.FromHandler<object>((_, _) => state.Length > 0 ? ValueTask.CompletedTask : throw new InvalidOperationException());
    }
}

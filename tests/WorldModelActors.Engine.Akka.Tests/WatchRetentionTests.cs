using System.Runtime.CompilerServices;

namespace WorldModelActors.Engine.Akka.Tests;

/// <summary>A parent that lives for days watches thousands of children: ended ones must be collectable.</summary>
public class WatchRetentionTests
{
    [Fact]
    public async Task EndedActorsThatWereWatchedAreCollected()
    {
        await using var system = AkkaEngine.Instance.Start(new ActorSystemOptions());
        var ended = new TaskCompletionSource();
        var parent = system.Spawn(ActorProps.FromHandler<object>((message, context) =>
        {
            if (message is Terminated)
            {
                ended.SetResult();
                return ValueTask.CompletedTask;
            }
            var child = context.Spawn(Child((WeakReference[])message));
            context.Watch(child, t => t);
            context.Stop(child);
            return ValueTask.CompletedTask;
        }));
        var payload = new WeakReference[1];
        parent.Tell(payload);
        await ended.Task;
        // A round trip, so that the handler of the notification has returned.
        await system.StopAsync(system.Spawn(ActorProps.FromHandler<object>((_, _) => ValueTask.CompletedTask)));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(payload[0].IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ActorProps<object> Child(WeakReference[] payload)
    {
        var state = new byte[1024];
        payload[0] = new WeakReference(state);
        return ActorProps.FromHandler<object>((_, _) => state.Length > 0 ? ValueTask.CompletedTask : throw new InvalidOperationException());
    }
}

using System.Collections.Concurrent;

namespace WorldModelActors.Engine.Akka;

/// <summary>
/// The watches of one actor. An actor of this process tells the end itself, so that it is in the mailbox before anybody else hears of it; Akka's death
/// watch, which comes some time later, says it for actors of other processes and beside the port.
/// </summary>
internal sealed class WatchSet<TMessage>(AkkaCell<TMessage> cell)
    where TMessage : notnull
{
    // By cell or by Akka's address. Akka's word may come while a handler goes on beside the mailbox.
    private readonly ConcurrentDictionary<object, Watch<TMessage>> _watches = new();

    public void Add(IActorRef actor, Func<Terminated, TMessage> onTerminated)
    {
        Remove(actor);
        var watched = cell.OwningSystem.RefOf(actor);
        var key = KeyOf(watched);
        var watch = new Watch<TMessage>(cell, actor, onTerminated, () => _watches.TryRemove(key, out _));
        _watches[key] = watch;
        if (watched.Cell is { } local)
        {
            local.AddObserver(watch);
        }
        else
        {
            InTurn(context => context.Watch(watched.NativeRef));
        }
    }

    public void Remove(IActorRef actor)
    {
        var key = KeyOf(cell.OwningSystem.RefOf(actor));
        if (_watches.TryRemove(key, out var watch))
        {
            End(key, watch);
        }
    }

    /// <summary>Ends them all.</summary>
    public void Release()
    {
        foreach (var key in _watches.Keys)
        {
            if (_watches.TryRemove(key, out var watch))
            {
                End(key, watch);
            }
        }
    }

    /// <summary>Akka says that an actor has ended.</summary>
    public void OnAkkaTerminated(Native.IActorRef ended)
    {
        if (_watches.TryGetValue(ended, out var watch))
        {
            watch.OnEnded(null);
        }
    }

    private static object KeyOf(IAkkaRef watched) => watched.Cell is { } local ? local : watched.NativeRef;

    private void End(object key, Watch<TMessage> watch)
    {
        watch.Cancel();
        if (key is AkkaCell local)
        {
            local.RemoveObserver(watch);
        }
        else
        {
            InTurn(context => context.Unwatch((Native.IActorRef)key));
        }
    }

    /// <summary>Akka's part must happen in the actor's turn; a handler that went on beside it is followed there.</summary>
    private void InTurn(Action<Native.IActorContext> action)
    {
        if (cell.Context is not { } context)
        {
            return;
        }

        if (Native.ActorCell.GetCurrentSelfOrNoSender() is { } current && current.Equals(cell.NativeRef))
        {
            action(context);
        }
        else
        {
            cell.Control(new TurnAction(() => action(context)));
        }
    }
}

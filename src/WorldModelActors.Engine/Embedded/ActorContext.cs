namespace WorldModelActors.Engine;

/// <summary>What the cell offers to its actor, and what must be released when an instance ends.</summary>
internal sealed class ActorContext<TMessage>(ActorCell<TMessage> cell) : IActorContext<TMessage>
    where TMessage : notnull
{
    private readonly TimerSet<TMessage> _timers = new(cell.Mailbox, cell.OwningSystem.Time);
    private readonly Dictionary<ActorCell, Watch<TMessage>> _watches = [];

    public IActorRef<TMessage> Self => cell;

    public ActorSystem System => cell.OwningSystem;

    public CancellationToken Stopping => cell.Stopping;

    public IActorTimers<TMessage> Timers => _timers;

    public IReadOnlyList<IActorRef> Children => cell.Children.Refs;

    public IActorRef<TChild> Spawn<TChild>(ActorProps<TChild> props, string? name = null)
        where TChild : notnull => cell.Children.Spawn(props, name);

    public void Stop(IActorRef actor, StopMode mode = StopMode.AfterCurrentMessage) =>
        cell.OwningSystem.CellOf(actor).RequestStop(mode);

    public void StopSelf(StopMode mode = StopMode.AfterCurrentMessage) => cell.RequestStop(mode);

    public void Watch(IActorRef actor, Func<Terminated, TMessage> onTerminated)
    {
        ArgumentNullException.ThrowIfNull(onTerminated);
        Unwatch(actor);
        var watched = cell.OwningSystem.CellOf(actor);
        var watch = new Watch<TMessage>(cell.Mailbox, actor, onTerminated, () => _watches.Remove(watched));
        _watches.Add(watched, watch);
        watched.AddObserver(watch);
    }

    public void Unwatch(IActorRef actor)
    {
        var watched = cell.OwningSystem.CellOf(actor);
        if (_watches.Remove(watched, out var watch))
        {
            watch.Cancel();
            watched.RemoveObserver(watch);
        }
    }

    public IActorRef<TOther> Adapt<TOther>(Func<TOther, TMessage> adapt)
        where TOther : notnull
    {
        ArgumentNullException.ThrowIfNull(adapt);
        return new AdapterRef<TOther, TMessage>(cell, adapt);
    }

    public void PipeToSelf<TResult>(Task<TResult> task, Func<TResult, TMessage> onSuccess, Func<Exception, TMessage> onFailure)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(onSuccess);
        ArgumentNullException.ThrowIfNull(onFailure);
        _ = Piping.ToAsync(cell.Mailbox, task, onSuccess, onFailure);
    }

    /// <summary>Ends what belongs to one instance.</summary>
    public void Release()
    {
        _timers.CancelAll();
        foreach (var (watched, watch) in _watches)
        {
            watch.Cancel();
            watched.RemoveObserver(watch);
        }

        _watches.Clear();
    }
}

namespace WorldModelActors.Engine;

/// <summary>A tree of actors in this process.</summary>
internal sealed class EmbeddedActorSystem : ActorSystem, ICellOwner
{
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly TimeProvider _time;
    private ActorSystemFailedException? _failure;
    private bool _stopping;
    private int _liveActors;

    public EmbeddedActorSystem(ActorSystemOptions options)
    {
        _name = options.Name;
        _time = options.Time;
        Events = new EventPublisher(options.Events);
        Children = new ChildSet(this, this, ActorPath.Root);
    }

    public override string Name => _name;

    public override TimeProvider Time => _time;

    public override int LiveActors => Volatile.Read(ref _liveActors);

    public override Task WhenTerminated => _terminated.Task;

    public EventPublisher Events { get; }

    public ChildSet Children { get; }

    public override IActorRef<TMessage> Spawn<TMessage>(ActorProps<TMessage> props, string? name = null) => Children.Spawn(props, name);

    public override Task StopAsync(IActorRef actor, StopMode mode = StopMode.AfterCurrentMessage)
    {
        var cell = CellOf(actor);
        cell.RequestStop(mode);
        return cell.Termination;
    }

    public override async Task StopAsync(StopMode mode = StopMode.AfterCurrentMessage)
    {
        Children.Close();
        var ended = Children.StopAllAsync(mode);
        lock (_gate)
        {
            if (!_stopping)
            {
                _stopping = true;
                _ = CompleteAsync(ended);
            }
        }

        await _terminated.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override IDisposable Subscribe(IEngineEvents observer) => Events.Subscribe(observer);

    public void OnChildEscalated(ActorCell child, Exception cause)
    {
        lock (_gate)
        {
            _failure ??= new ActorSystemFailedException(child.Path, cause);
        }

        Events.Publish((child.Path, cause), static (observer, failure) => observer.SystemFailed(failure.Path, failure.cause));
        _ = StopAsync();
    }

    public void CountStarted() => Interlocked.Increment(ref _liveActors);

    public void CountEnded() => Interlocked.Decrement(ref _liveActors);

    /// <summary>The actor behind an address of this system.</summary>
    /// <exception cref="ArgumentException">The address is another system's or a one-time reply address.</exception>
    public ActorCell CellOf(IActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return actor is IEmbeddedRef { Cell: { } cell } && cell.OwningSystem == this
            ? cell
            : throw new ArgumentException($"{actor.Path} is no actor of the system '{_name}'", nameof(actor));
    }

    private async Task CompleteAsync(Task ended)
    {
        await ended.ConfigureAwait(false);
        ActorSystemFailedException? failure;
        lock (_gate)
        {
            failure = _failure;
        }

        if (failure is null)
        {
            _terminated.SetResult();
        }
        else
        {
            _terminated.SetException(failure);
        }
    }
}

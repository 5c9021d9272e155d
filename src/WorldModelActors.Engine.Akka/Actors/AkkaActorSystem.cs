using Akka.Actor;
using Akka.Event;

namespace WorldModelActors.Engine.Akka;

/// <summary>A tree of the port's actors in an Akka system: its topmost actors are children of Akka's user guardian.</summary>
internal sealed class AkkaActorSystem : ActorSystem, ICellOwner
{
    private readonly TaskCompletionSource _childrenEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly ActorSystemOptions _options;
    private readonly AkkaDeadLetters _deadLetters;
    private ActorSystemFailedException? _failure;
    private bool _stopping;
    private int _liveActors;

    public AkkaActorSystem(Native.ActorSystem akka, ActorSystemOptions options)
    {
        Akka = akka;
        _options = options;
        Provider = ((ExtendedActorSystem)akka).Provider;
        Events = new EventPublisher(options.Events);
        Clock = new PortClock(options.Time);
        Children = new ChildSet(this, this, ActorPath.Root);
        _deadLetters = new AkkaDeadLetters(Provider.RootPath / "wma-dead-letters", Provider);
        akka.EventStream.Subscribe(_deadLetters, typeof(AllDeadLetters));
        CoordinatedShutdown.Get(akka).AddTask(CoordinatedShutdown.PhaseServiceStop, "wma-actors", StopChildrenAsync);
    }

    public override string Name => _options.Name;

    public override TimeProvider Time => _options.Time;

    public override int LiveActors => Volatile.Read(ref _liveActors);

    public override Task WhenTerminated => _terminated.Task;

    /// <summary>The system under this one.</summary>
    public Native.ActorSystem Akka { get; }

    public IActorRefProvider Provider { get; }

    public PortClock Clock { get; }

    public EventPublisher Events { get; }

    public ChildSet Children { get; }

    public string NativePath => "/user";

    public override IActorRef<TMessage> Spawn<TMessage>(ActorProps<TMessage> props, string? name = null) => Children.Spawn(props, name);

    public override Task StopAsync(IActorRef actor, StopMode mode = StopMode.AfterCurrentMessage)
    {
        var cell = CellOf(actor);
        cell.RequestStop(mode);
        return cell.Termination;
    }

    public override async Task StopAsync(StopMode mode = StopMode.AfterCurrentMessage)
    {
        Stop(mode);
        await _terminated.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override IDisposable Subscribe(IEngineEvents observer) => Events.Subscribe(observer);

    public Native.IActorRef MakeNative(Props props, string name) => Akka.ActorOf(props, name);

    public void OnChildEscalated(AkkaCell child, Exception cause)
    {
        lock (_gate)
        {
            _failure ??= new ActorSystemFailedException(child.Path, cause);
        }

        Events.Publish((child.Path, cause), static (observer, failure) => observer.SystemFailed(failure.Path, failure.cause));
        Stop(StopMode.AfterCurrentMessage);
    }

    public void CountStarted() => Interlocked.Increment(ref _liveActors);

    public void CountEnded() => Interlocked.Decrement(ref _liveActors);

    /// <summary>The actor behind an address of this system.</summary>
    /// <exception cref="ArgumentException">The address is another system's or a one-time reply address.</exception>
    public AkkaCell CellOf(IActorRef actor) => RefOf(actor).Cell ?? throw Stranger(actor);

    /// <summary>An address that can be watched: an actor of this system, or one of another process.</summary>
    /// <exception cref="ArgumentException">The address is another system's or a one-time reply address.</exception>
    public IAkkaRef RefOf(IActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return actor switch
        {
            IAkkaRef { Cell: { } cell } it when cell.OwningSystem == this => it,
            IRemoteRef it when it.System == this => it,
            _ => throw Stranger(actor),
        };
    }

    /// <summary>The port's path of Akka's actor: without guardian, and without the numbers that make names unique.</summary>
    public static ActorPath PortPathOf(Native.IActorRef native)
    {
        var path = ActorPath.Root;
        foreach (var element in native.Path.Elements.SkipWhile(element => element == "user"))
        {
            var name = element.Split('+')[0];
            path = path.Child(name.Length > 0 ? name : "$");
        }

        return path;
    }

    private ArgumentException Stranger(IActorRef actor) => new($"{actor.Path} is no actor of the system '{Name}'", nameof(actor));

    private void Stop(StopMode mode)
    {
        Children.Close();
        var ended = Children.StopAllAsync(mode);
        lock (_gate)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
        }

        _ = CompleteAsync(ended);
    }

    /// <summary>Where Akka ends by itself (a cluster that this node must leave), the actors finish what is in hand first.</summary>
    private async Task<global::Akka.Done> StopChildrenAsync()
    {
        Stop(StopMode.AfterCurrentMessage);
        await _childrenEnded.Task.ConfigureAwait(false);
        return global::Akka.Done.Instance;
    }

    private async Task CompleteAsync(Task ended)
    {
        await ended.ConfigureAwait(false);
        _childrenEnded.SetResult();
        await Akka.Terminate().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

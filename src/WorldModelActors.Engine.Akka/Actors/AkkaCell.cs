using Akka.Actor;

namespace WorldModelActors.Engine.Akka;

/// <summary>Above an actor: another actor, or the system.</summary>
internal interface ICellOwner
{
    ChildSet Children { get; }

    /// <summary>Makes the Akka actor of a child under this one.</summary>
    Native.IActorRef MakeNative(Props props, string name);

    /// <summary>The path under which Akka's actors of the children lie, without address.</summary>
    string NativePath { get; }

    /// <summary>A child has ended with a failure that its supervision escalated.</summary>
    void OnChildEscalated(AkkaCell child, Exception cause);
}

/// <summary>The part of an actor that does not depend on its message type: its end, and who waits for it.</summary>
internal abstract class AkkaCell(AkkaActorSystem system, ICellOwner owner, ActorPath path, string nativeName) : IAkkaRef, IChildCell
{
    private const int NoStop = -1;
    private readonly TaskCompletionSource _termination = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<IEndObserver> _observers = [];
    private volatile int _stopMode = NoStop;
    private volatile Native.IActorRef? _native;
    private volatile bool _terminated;
    private BackOff? _backOff;
    private Exception? _cause;
    private bool _escalate;

    public ActorPath Path { get; } = path;

    public AkkaActorSystem OwningSystem { get; } = system;

    /// <summary>Akka's address; known from the moment when Akka makes the actor.</summary>
    public Native.IActorRef NativeRef
    {
        get => _native ?? throw new InvalidOperationException($"{Path} has not been made");
        set => _native = value;
    }

    /// <summary>The name of Akka's actor: a name that is used again gets a number, since Akka frees it later than the port does.</summary>
    public string NativeName { get; } = nativeName;

    AkkaCell IAkkaRef.Cell => this;

    public Task Termination => _termination.Task;

    /// <summary>True when it has ended.</summary>
    public bool IsTerminated => _terminated;

    /// <summary>Cancelled by a stop after the current message.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>The stop that was asked for, or null.</summary>
    public StopMode? RequestedStop => _stopMode is var mode and not NoStop ? (StopMode)mode : null;

    /// <summary>True when no message is taken any more.</summary>
    public bool IsRefusing => _stopMode != NoStop || _terminated || IsClosing;

    protected ICellOwner Owner { get; } = owner;

    protected Lock Gate { get; } = new();

    /// <summary>True from the start of its end.</summary>
    protected bool IsClosing { get; set; }

    public void RequestStop(StopMode mode)
    {
        BackOff? backOff;
        lock (Gate)
        {
            if (RequestedStop is { } earlier && (earlier == mode || earlier == StopMode.AfterCurrentMessage))
            {
                return;
            }

            _stopMode = (int)mode;
            backOff = mode == StopMode.AfterCurrentMessage ? _backOff : null;
        }

        if (mode == StopMode.AfterCurrentMessage)
        {
            // Asynchronously: callbacks on this token are the actor's, not those of whoever asks it to stop.
            _ = _stopping.CancelAsync();
        }

        backOff?.Cancel();
        Control(Signal.Look);
    }

    /// <summary>Says something to the actor that comes before any message.</summary>
    public void Control(Control control) => _native?.Tell(control, ActorRefs.NoSender);

    /// <summary>Starts the wait for a restart; a stop cuts it short.</summary>
    public BackOff StartBackOff(TimeSpan delay)
    {
        var backOff = BackOff.Start(OwningSystem.Clock, delay);
        lock (Gate)
        {
            _backOff = backOff;
            if (RequestedStop != StopMode.AfterCurrentMessage)
            {
                return backOff;
            }
        }

        backOff.Cancel();
        return backOff;
    }

    /// <summary>The wait is over or not needed.</summary>
    public void EndBackOff(bool cancel)
    {
        BackOff? backOff;
        lock (Gate)
        {
            (backOff, _backOff) = (_backOff, null);
        }

        if (cancel)
        {
            backOff?.Cancel();
        }
    }

    /// <summary>Says how the actor will have ended.</summary>
    public void SetEnd(Exception? cause, bool escalate) => (_cause, _escalate) = (cause, escalate);

    /// <summary>Adds who waits for the end; tells it at once if the actor has ended.</summary>
    public void AddObserver(IEndObserver observer)
    {
        lock (Gate)
        {
            if (!_terminated)
            {
                _observers.Add(observer);
                return;
            }
        }

        observer.OnEnded(_cause);
    }

    public void RemoveObserver(IEndObserver observer)
    {
        lock (Gate)
        {
            _observers.Remove(observer);
        }
    }

    /// <summary>The last thing an actor does, in Akka's PostStop: frees its name, tells its parent and who waits for it.</summary>
    protected void Finish()
    {
        Owner.Children.FreeName(this);
        OwningSystem.Events.Publish((Path, _cause), static (observer, end) => observer.ActorStopped(end.Path, end._cause));
        if (_escalate)
        {
            Owner.OnChildEscalated(this, _cause!);
        }

        IEndObserver[] observers;
        lock (Gate)
        {
            _terminated = true;
            observers = [.. _observers];
            _observers.Clear();
        }

        foreach (var observer in observers)
        {
            observer.OnEnded(_cause);
        }

        OwningSystem.CountEnded();
        _termination.SetResult();
        Owner.Children.Forget(this);
    }
}

namespace WorldModelActors.Engine;

/// <summary>Above an actor: another actor, or the system.</summary>
internal interface ICellOwner
{
    ChildSet Children { get; }

    /// <summary>A child has ended with a failure that its supervision escalated.</summary>
    void OnChildEscalated(ActorCell child, Exception cause);
}

/// <summary>The part of an actor that does not depend on its message type: its end, and who waits for it.</summary>
internal abstract class ActorCell(EmbeddedActorSystem system, ICellOwner owner, ActorPath path) : IChildCell
{
    private const int NoStop = -1;
    private readonly TaskCompletionSource _termination = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<IEndObserver> _observers = [];
    private volatile int _stopMode = NoStop;
    private bool _terminated;
    private Exception? _terminationCause;

    public ActorPath Path { get; } = path;

    public EmbeddedActorSystem OwningSystem { get; } = system;

    public Task Termination => _termination.Task;

    /// <summary>Cancelled by a stop after the current message.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>The stop that was asked for, or null.</summary>
    protected StopMode? RequestedStop => _stopMode is var mode and not NoStop ? (StopMode)mode : null;

    protected Lock Gate { get; } = new();

    public void RequestStop(StopMode mode)
    {
        lock (Gate)
        {
            if (RequestedStop is { } earlier && (earlier == mode || earlier == StopMode.AfterCurrentMessage))
            {
                return;
            }

            _stopMode = (int)mode;
        }

        OnStopRequested();
        if (mode == StopMode.AfterCurrentMessage)
        {
            // Asynchronously: callbacks on this token are the actor's, not those of whoever asks it to stop.
            _ = _stopping.CancelAsync();
        }
    }

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

        observer.OnEnded(_terminationCause);
    }

    public void RemoveObserver(IEndObserver observer)
    {
        lock (Gate)
        {
            _observers.Remove(observer);
        }
    }

    /// <summary>Makes the stop visible to the running loop.</summary>
    protected abstract void OnStopRequested();

    /// <summary>The last thing an actor does: frees its name, tells its parent and who waits for it.</summary>
    protected void Finish(Exception? cause, bool escalate)
    {
        owner.Children.FreeName(this);
        OwningSystem.Events.Publish((Path, cause), static (observer, end) => observer.ActorStopped(end.Path, end.cause));
        if (escalate)
        {
            owner.OnChildEscalated(this, cause!);
        }

        IEndObserver[] observers;
        lock (Gate)
        {
            _terminated = true;
            _terminationCause = cause;
            observers = [.. _observers];
            _observers.Clear();
        }

        foreach (var observer in observers)
        {
            observer.OnEnded(cause);
        }

        OwningSystem.CountEnded();
        _termination.SetResult();
        owner.Children.Forget(this);
    }
}

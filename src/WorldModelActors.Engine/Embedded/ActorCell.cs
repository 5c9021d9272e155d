namespace WorldModelActors.Engine;

/// <summary>Above an actor: another actor, or the system.</summary>
internal interface ICellOwner
{
    ChildSet Children { get; }

    /// <summary>A child has ended with a failure that its supervision escalated.</summary>
    void OnChildEscalated(ActorCell child, Exception cause);
}

/// <summary>Is told once when an actor has ended.</summary>
internal interface ITerminationWatcher
{
    void OnTerminated(ActorCell actor, Exception? cause);
}

/// <summary>The part of an actor that does not depend on its message type: its end, and who waits for it.</summary>
internal abstract class ActorCell(EmbeddedActorSystem system, ICellOwner owner, ActorPath path) : IActorRef
{
    private const int NoStop = -1;
    private readonly TaskCompletionSource _termination = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<ITerminationWatcher> _watchers = [];
    private volatile int _stopMode = NoStop;
    private bool _terminated;
    private Exception? _terminationCause;

    public ActorPath Path { get; } = path;

    public EmbeddedActorSystem OwningSystem { get; } = system;

    /// <summary>Completes, always successfully, when nothing of the actor runs any more.</summary>
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

    /// <summary>Adds a watcher; tells it at once if the actor has ended.</summary>
    public void AddWatcher(ITerminationWatcher watcher)
    {
        lock (Gate)
        {
            if (!_terminated)
            {
                _watchers.Add(watcher);
                return;
            }
        }

        watcher.OnTerminated(this, _terminationCause);
    }

    public void RemoveWatcher(ITerminationWatcher watcher)
    {
        lock (Gate)
        {
            _watchers.Remove(watcher);
        }
    }

    /// <summary>Makes the stop visible to the running loop.</summary>
    protected abstract void OnStopRequested();

    /// <summary>The last thing an actor does: frees its name, tells its parent and its watchers.</summary>
    protected void Finish(Exception? cause, bool escalate)
    {
        owner.Children.FreeName(this);
        OwningSystem.Events.Publish((Path, cause), static (observer, end) => observer.ActorStopped(end.Path, end.cause));
        if (escalate)
        {
            owner.OnChildEscalated(this, cause!);
        }

        ITerminationWatcher[] watchers;
        lock (Gate)
        {
            _terminated = true;
            _terminationCause = cause;
            watchers = [.. _watchers];
            _watchers.Clear();
        }

        foreach (var watcher in watchers)
        {
            watcher.OnTerminated(this, cause);
        }

        OwningSystem.CountEnded();
        _termination.SetResult();
        owner.Children.Forget(this);
    }
}

using Akka.Actor;

namespace WorldModelActors.Engine.Akka;

/// <summary>
/// The wait before a restart. It counts from the failure itself; the restart comes when it is over and the parent has said yes, a stop when it was
/// cancelled by then. Until one of them Akka keeps the actor suspended, mailbox and all.
/// </summary>
internal sealed class BackOff
{
    private readonly Lock _gate = new();
    private IDisposable? _timer;
    private bool _elapsed;
    private bool _cancelled;
    private (IInternalActorRef Child, Exception Cause)? _granted;

    public static BackOff Start(PortClock clock, TimeSpan delay)
    {
        var backOff = new BackOff();
        if (delay > TimeSpan.Zero)
        {
            backOff._timer = clock.StartSingle(delay, backOff.Elapse);
        }
        else
        {
            backOff._elapsed = true;
        }

        return backOff;
    }

    /// <summary>The parent grants the restart.</summary>
    public void Grant(IInternalActorRef child, Exception cause)
    {
        lock (_gate)
        {
            _granted = (child, cause);
        }

        Decide();
    }

    /// <summary>The actor shall stop instead of starting again.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            _cancelled = true;
            _timer?.Dispose();
        }

        Decide();
    }

    private void Elapse()
    {
        lock (_gate)
        {
            _elapsed = true;
        }

        Decide();
    }

    private void Decide()
    {
        (IInternalActorRef Child, Exception Cause) granted;
        bool stop;
        lock (_gate)
        {
            if (_granted is not { } it || (!_elapsed && !_cancelled))
            {
                return;
            }

            granted = it;
            stop = _cancelled;
            _granted = null;
        }

        if (stop)
        {
            granted.Child.Stop();
        }
        else
        {
            granted.Child.Restart(granted.Cause);
        }
    }
}

using Akka.Actor;

namespace WorldModelActors.Engine.Akka;

/// <summary>Has Akka make hosts.</summary>
internal sealed class HostProducer<TMessage>(AkkaCell<TMessage> cell) : IIndirectActorProducer
    where TMessage : notnull
{
    public Type ActorType => typeof(HostActor<TMessage>);

    public ActorBase Produce() => new HostActor<TMessage>(cell);

    public void Release(ActorBase actor)
    {
    }
}

/// <summary>
/// Akka's actor around one instance of an actor of the port. Akka replaces it when the instance has failed and shall restart. A step (start, message,
/// leave-taking) that does not end at once goes on beside the mailbox, which hands out nothing but controls until it has ended.
/// </summary>
internal sealed class HostActor<TMessage> : UntypedActor, IHost
    where TMessage : notnull
{
    private readonly AkkaCell<TMessage> _cell;
    private readonly HostContext<TMessage> _context;
    private readonly DedicatedContext? _dedicated;
    private Actor<TMessage>? _actor;
    private Task<Verdict>? _step;
    private Exception? _stray;
    private bool _busy = true;

    public HostActor(AkkaCell<TMessage> cell)
    {
        _cell = cell;
        cell.NativeRef = Self;
        cell.Context = Context;
        _context = new HostContext<TMessage>(cell);
        _dedicated = cell.Props.Thread == ActorThread.Dedicated ? new DedicatedContext(cell) : null;
    }

    public void StartInstance()
    {
        if (_cell.RequestedStop == StopMode.AfterCurrentMessage)
        {
            Begin(EndAsync());
        }
        else
        {
            Begin(StartAsync());
        }
    }

    public void CompleteStep()
    {
        var step = _step!;
        _step = null;
        ConcludeStep(step);
    }

    public void Look()
    {
        if (_busy)
        {
            return;
        }

        if (_stray is { } stray)
        {
            _stray = null;
            Begin(FailAsync(new Failure(stray, false, default)));
        }
        else if (_cell.TakeEscalation() is { } escalated)
        {
            Begin(FailAsync(new Failure(escalated, false, default)));
        }
        else if (_cell.RequestedStop == StopMode.AfterCurrentMessage || (_cell.RequestedStop == StopMode.Drain && _cell.Queue.IsDrained))
        {
            Begin(EndAsync());
        }
    }

    public void Fail(Exception cause)
    {
        _stray ??= cause;
        Look();
    }

    protected override Native.SupervisorStrategy SupervisorStrategy() => PortSupervision.Instance;

    // The first step is a message's work, so that a failure in it is one like any other.
    protected override void PreStart() => Self.Tell(Signal.Start, ActorRefs.NoSender);

    // The leave of the failed instance has been taken before Akka heard of the failure.
    protected override void PreRestart(Exception reason, object message)
    {
    }

    protected override void PostStop()
    {
        // An instance is left only where Akka stops the actor by itself (PoisonPill, a shutdown that ran out of time).
        _ = CleanUpAsync(actor => actor.PostStopAsync(_context));
        _cell.OnStopped();
    }

    protected override void OnReceive(object message)
    {
        var before = SynchronizationContext.Current;
        if (_dedicated is not null)
        {
            SynchronizationContext.SetSynchronizationContext(_dedicated);
        }

        try
        {
            Take(message);
        }
        finally
        {
            if (_dedicated is not null)
            {
                SynchronizationContext.SetSynchronizationContext(before);
            }
        }
    }

    private void Take(object message)
    {
        switch (message)
        {
            case Control control:
                control.Run(this);
                break;
            case Entry<TMessage> entry:
                Handle(entry);
                break;
            case Native.Terminated ended:
                _cell.Watches.OnAkkaTerminated(ended.ActorRef);
                break;
            case TMessage own:
                Handle(_cell.Sort(own));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Handle(Entry<TMessage> entry)
    {
        try
        {
            if (entry.Guard is { } guard && !guard.Claim())
            {
                Look();
                return;
            }
        }
        catch (Exception cause)
        {
            Begin(FailAsync(new Failure(cause, false, default)));
            return;
        }

        ValueTask handling;
        try
        {
            handling = _actor!.ReceiveAsync(entry.Message, _context);
            if (handling.IsCompletedSuccessfully)
            {
                // The usual case costs nothing.
                handling.GetAwaiter().GetResult();
                LookIfAnythingIsUp();
                return;
            }
        }
        catch (Exception cause)
        {
            handling = ValueTask.FromException(cause);
        }

        Begin(HandleAsync(handling, entry.Message));
    }

    private void LookIfAnythingIsUp()
    {
        if (_cell.RequestedStop is not null || _stray is not null || _cell.HasEscalation)
        {
            Look();
        }
    }

    /// <summary>Goes on when the step has ended: at once, or when a control says so.</summary>
    private void Begin(Task<Verdict> step)
    {
        _busy = true;
        _cell.Queue.SetBusy(true);
        if (step.IsCompleted)
        {
            ConcludeStep(step);
            return;
        }

        _step = step;
        var cell = _cell;
        step.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() => cell.Control(Signal.StepCompleted));
    }

    private void ConcludeStep(Task<Verdict> step)
    {
        if (step.Exception is { InnerException: { } defect })
        {
            // No actor's code gets here with an exception; if the engine's own does, it must not vanish.
            _cell.SetEnd(defect, escalate: true);
            throw new SupervisedFailure(defect, null);
        }

        Conclude(step.Result);
    }

    private void Conclude(Verdict verdict)
    {
        switch (verdict.Kind)
        {
            case VerdictKind.GoOn:
                _busy = false;
                _cell.Queue.SetBusy(false);
                Look();
                break;
            case VerdictKind.End:
                Context.Stop(Self);
                break;
            default:
                // Akka suspends the actor, and its parent does what was decided.
                throw new SupervisedFailure(verdict.Cause!, verdict.BackOff);
        }
    }

    private async Task<Verdict> StartAsync()
    {
        var restarted = _cell.TakeRestarted();
        _cell.EndBackOff(cancel: false);
        try
        {
            _actor = _cell.Props.Factory() ?? throw new InvalidOperationException($"the factory of {_cell.Path} made no actor");
            _cell.OwningSystem.Events.Publish(_cell.Path, static (observer, path) => observer.ActorStarted(path));
            await _actor.PreStartAsync(_context);
        }
        catch (Exception cause)
        {
            return await FailAsync(new Failure(cause, false, default));
        }

        if (restarted)
        {
            _cell.OwningSystem.Events.Publish(_cell.Path, static (observer, path) => observer.ActorRestarted(path));
        }

        return Verdict.GoOn;
    }

    private async Task<Verdict> HandleAsync(ValueTask handling, TMessage message)
    {
        try
        {
            await handling;
            return Verdict.GoOn;
        }
        catch (OperationCanceledException) when (_cell.Stopping.IsCancellationRequested)
        {
            _cell.OwningSystem.Events.DeadLetter(_cell.Path, message, DeadLetterReason.Interrupted);
            return Verdict.GoOn;
        }
        catch (Exception cause)
        {
            return await FailAsync(new Failure(cause, true, message));
        }
    }

    /// <summary>Decides about a failure, and takes leave of the instance or of the actor as a whole.</summary>
    private async Task<Verdict> FailAsync(Failure failure)
    {
        var (report, backOff) = Judge(failure);
        if (report.Decision != SupervisionDecision.Restart)
        {
            _cell.SetEnd(report.Cause, report.Decision == SupervisionDecision.Escalate);
            await TerminateAsync();
            return new Verdict(VerdictKind.Failed, report.Cause, null);
        }

        await _cell.Children.StopAllAsync(StopMode.AfterCurrentMessage);
        _context.Release();
        await CleanUpAsync(actor => actor.PreRestartAsync(report, _context));
        _cell.TakeEscalation();
        _cell.MarkRestart();
        return new Verdict(VerdictKind.Failed, report.Cause, backOff);
    }

    /// <summary>Decides about a failure and tells the owner and the observers; starts the wait for the restart.</summary>
    private (ActorFailure<TMessage> Report, BackOff? BackOff) Judge(Failure failure)
    {
        BackOff? backOff = null;
        ActorFailure<TMessage> report;
        try
        {
            var (decision, count, delay) = _cell.History.Judge(failure.Cause);
            if (decision == SupervisionDecision.Restart && _cell.RequestedStop == StopMode.AfterCurrentMessage)
            {
                (decision, delay) = (SupervisionDecision.Stop, TimeSpan.Zero);
            }

            // The wait starts before anybody hears of the failure, so that it counts from the failure itself.
            backOff = decision == SupervisionDecision.Restart ? _cell.StartBackOff(delay) : null;
            report = Report(failure, failure.Cause, decision, count, delay);
        }
        catch (Exception deciderFailure)
        {
            report = Report(failure, Join(failure.Cause, "its supervision", deciderFailure), SupervisionDecision.Escalate, 1, TimeSpan.Zero);
        }

        try
        {
            _cell.Props.OnFailure?.Invoke(report);
        }
        catch (Exception hookFailure)
        {
            _cell.EndBackOff(cancel: true);
            var cause = Join(report.Cause, "its failure hook", hookFailure);
            report = Report(failure, cause, SupervisionDecision.Escalate, report.FailuresInWindow, TimeSpan.Zero);
        }

        _cell.OwningSystem.Events.Publish(report, static (observer, report) => observer.ActorFailed(report));
        return (report, backOff);
    }

    private static AggregateException Join(Exception cause, string what, Exception further) =>
        new($"{cause.Message} (and {what} failed)", cause, further);

    private ActorFailure<TMessage> Report(
        Failure failure, Exception cause, SupervisionDecision decision, int count, TimeSpan delay) =>
        new(_cell, failure.HasMessage, failure.Message, cause, decision, count, delay);

    private async Task<Verdict> EndAsync()
    {
        await TerminateAsync();
        return new Verdict(VerdictKind.End, null, null);
    }

    private async Task TerminateAsync()
    {
        var mode = _cell.RequestedStop ?? StopMode.AfterCurrentMessage;
        _cell.CloseToPosts();
        _cell.Children.Close();
        await _cell.Children.StopAllAsync(mode);
        _context.Release();
        await CleanUpAsync(actor => actor.PostStopAsync(_context));
        _cell.CloseQueue();
    }

    private async Task CleanUpAsync(Func<Actor<TMessage>, ValueTask> cleanUp)
    {
        if (_actor is not { } actor)
        {
            return;
        }

        _actor = null;
        try
        {
            await cleanUp(actor);
        }
        catch (Exception cause)
        {
            _cell.OwningSystem.Events.Publish((_cell.Path, cause), static (observer, it) => observer.CleanupFailed(it.Path, it.cause));
        }
    }

    private enum VerdictKind
    {
        GoOn,
        End,
        Failed,
    }

    private readonly record struct Verdict(VerdictKind Kind, Exception? Cause, BackOff? BackOff)
    {
        public static Verdict GoOn => default;
    }

    private readonly record struct Failure(Exception Cause, bool HasMessage, TMessage? Message);
}

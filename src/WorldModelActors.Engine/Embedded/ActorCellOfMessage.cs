namespace WorldModelActors.Engine;

/// <summary>One actor: its mailbox, its loop and its supervision.</summary>
internal sealed class ActorCell<TMessage> : ActorCell, IEmbeddedRef<TMessage>, ICellOwner
    where TMessage : notnull
{
    /// <summary>After so many messages in a row the actor lets others have the thread.</summary>
    private const int MessagesPerTurn = 64;

    private readonly ActorProps<TMessage> _props;
    private readonly RestartHistory _history;
    private readonly ActorContext<TMessage> _context;
    private Actor<TMessage>? _actor;
    private volatile ChildFailedException? _escalated;
    private End _end;

    public ActorCell(EmbeddedActorSystem system, ICellOwner owner, ActorPath path, ActorProps<TMessage> props)
        : base(system, owner, path)
    {
        _props = props;
        _history = new RestartHistory(props.Supervision, system.Time);
        Children = new ChildSet(system, this, path);
        Mailbox = new Mailbox<TMessage>(path, props.Mailbox, system.Events);
        _context = new ActorContext<TMessage>(this);
    }

    public ChildSet Children { get; }

    public Mailbox<TMessage> Mailbox { get; }

    ActorCell IEmbeddedRef.Cell => this;

    public void Start()
    {
        OwningSystem.CountStarted();
        if (_props.Thread == ActorThread.Dedicated)
        {
            DedicatedThread.Start(Path.ToString(), RunAsync, () => Finish(_end.Cause, _end.Escalate));
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(static cell => _ = cell.RunOnPoolAsync(), this, preferLocal: false);
        }
    }

    public void Tell(TMessage message)
    {
        if (TryTell(message) == Posted.Full)
        {
            throw new MailboxFullException(Path, Mailbox.Capacity!.Value);
        }
    }

    public ValueTask TellAsync(TMessage message, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TryTell(message) == Posted.Full ? WaitAsync() : ValueTask.CompletedTask;

        async ValueTask WaitAsync() => await PostAsync(message, cancellationToken).ConfigureAwait(false);
    }

    public Task<TReply> Ask<TReply>(
        Func<IActorRef<TReply>, TMessage> message, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : notnull => Asking.AskAsync(this, message, timeout, cancellationToken);

    public async ValueTask<bool> PostAsync(TMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await Mailbox.PostAsync(message, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        OwningSystem.Events.DeadLetter(Path, message, DeadLetterReason.RecipientStopped);
        return false;
    }

    public void OnChildEscalated(ActorCell child, Exception cause)
    {
        lock (Gate)
        {
            _escalated ??= new ChildFailedException(child.Path, cause);
        }

        Mailbox.Signal();
    }

    protected override void OnStopRequested()
    {
        Mailbox.Refuse();
        Mailbox.Signal();
    }

    private Posted TryTell(TMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var posted = Mailbox.TryPost(message);
        if (posted == Posted.Closed)
        {
            OwningSystem.Events.DeadLetter(Path, message, DeadLetterReason.RecipientStopped);
        }

        return posted;
    }

    private async Task RunOnPoolAsync()
    {
        await RunAsync();
        Finish(_end.Cause, _end.Escalate);
    }

    private async Task RunAsync()
    {
        try
        {
            _end = await LiveAsync();
        }
        catch (Exception defect)
        {
            // No actor's code gets here with an exception; if the engine's own does, it must not vanish.
            _end = new End(defect, true);
        }
    }

    private async Task<End> LiveAsync()
    {
        var end = new End(null, false);
        for (var restarted = false; RequestedStop != StopMode.AfterCurrentMessage; restarted = true)
        {
            if (await RunInstanceAsync(restarted) is not { } failure)
            {
                break;
            }

            using var backOffCancellation = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
            var report = Judge(failure, backOffCancellation, out var backOff);
            if (report.Decision != SupervisionDecision.Restart)
            {
                end = new End(report.Cause, report.Decision == SupervisionDecision.Escalate);
                break;
            }

            await LeaveInstanceAsync(report);
            if (!await HasPassedAsync(backOff))
            {
                break;
            }
        }

        await TerminateAsync();
        return end;
    }

    /// <summary>Runs one instance until it fails, or (null) until the actor shall stop.</summary>
    private async ValueTask<Failure?> RunInstanceAsync(bool restarted)
    {
        try
        {
            _actor = _props.Factory() ?? throw new InvalidOperationException($"the factory of {Path} made no actor");
            OwningSystem.Events.Publish(Path, static (observer, path) => observer.ActorStarted(path));
            await _actor.PreStartAsync(_context);
        }
        catch (Exception cause)
        {
            return new Failure(cause, false, default);
        }

        if (restarted)
        {
            OwningSystem.Events.Publish(Path, static (observer, path) => observer.ActorRestarted(path));
        }

        for (var turn = 1; ; turn++)
        {
            if (TakeEscalation() is { } escalated)
            {
                return new Failure(escalated, false, default);
            }

            if (RequestedStop == StopMode.AfterCurrentMessage)
            {
                return null;
            }

            if (!Mailbox.TryTake(out var envelope))
            {
                if (RequestedStop == StopMode.Drain)
                {
                    return null;
                }

                await Mailbox.WaitAsync();
                turn = 0;
                continue;
            }

            if (await HandleAsync(_actor, envelope) is { } failure)
            {
                return failure;
            }

            if (turn == MessagesPerTurn)
            {
                await Task.Yield();
                turn = 0;
            }
        }
    }

    private async ValueTask<Failure?> HandleAsync(Actor<TMessage> actor, Envelope<TMessage> envelope)
    {
        if (envelope.Guard is { } guard)
        {
            try
            {
                if (!guard.Claim())
                {
                    return null;
                }
            }
            catch (Exception cause)
            {
                return new Failure(cause, false, default);
            }
        }

        try
        {
            await actor.ReceiveAsync(envelope.Message, _context);
            return null;
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            OwningSystem.Events.DeadLetter(Path, envelope.Message, DeadLetterReason.Interrupted);
            return null;
        }
        catch (Exception cause)
        {
            return new Failure(cause, true, envelope.Message);
        }
    }

    /// <summary>Decides about a failure and tells the owner and the observers; starts the wait for the restart.</summary>
    private ActorFailure<TMessage> Judge(Failure failure, CancellationTokenSource backOffCancellation, out Task backOff)
    {
        ActorFailure<TMessage> report;
        try
        {
            var (decision, count, delay) = _history.Judge(failure.Cause);
            if (decision == SupervisionDecision.Restart && RequestedStop == StopMode.AfterCurrentMessage)
            {
                (decision, delay) = (SupervisionDecision.Stop, TimeSpan.Zero);
            }

            // The wait starts before anybody hears of the failure, so that it counts from the failure itself.
            backOff = delay > TimeSpan.Zero
                ? Task.Delay(delay, OwningSystem.Time, backOffCancellation.Token)
                : Task.CompletedTask;
            report = Report(failure, failure.Cause, decision, count, delay);
        }
        catch (Exception deciderFailure)
        {
            backOff = Task.CompletedTask;
            report = Report(failure, Join(failure.Cause, "its supervision", deciderFailure), SupervisionDecision.Escalate, 1, TimeSpan.Zero);
        }

        try
        {
            _props.OnFailure?.Invoke(report);
        }
        catch (Exception hookFailure)
        {
            backOffCancellation.Cancel();
            var cause = Join(report.Cause, "its failure hook", hookFailure);
            report = Report(failure, cause, SupervisionDecision.Escalate, report.FailuresInWindow, TimeSpan.Zero);
        }

        OwningSystem.Events.Publish(report, static (observer, report) => observer.ActorFailed(report));
        return report;
    }

    private static AggregateException Join(Exception cause, string what, Exception further) =>
        new($"{cause.Message} (and {what} failed)", cause, further);

    private ActorFailure<TMessage> Report(
        Failure failure, Exception cause, SupervisionDecision decision, int count, TimeSpan delay) =>
        new(this, failure.HasMessage, failure.Message, cause, decision, count, delay);

    /// <summary>Takes leave of a failed instance: its children, timers and watches, and its own clean-up.</summary>
    private async ValueTask LeaveInstanceAsync(ActorFailure<TMessage> failure)
    {
        await Children.StopAllAsync(StopMode.AfterCurrentMessage);
        _context.Release();
        await CleanUpAsync(actor => actor.PreRestartAsync(failure, _context));
        TakeEscalation();
    }

    private async ValueTask TerminateAsync()
    {
        var mode = RequestedStop ?? StopMode.AfterCurrentMessage;
        Mailbox.Close();
        Children.Close();
        await Children.StopAllAsync(mode);
        _context.Release();
        await CleanUpAsync(actor => actor.PostStopAsync(_context));
        Mailbox.BuryRest();
    }

    private async ValueTask CleanUpAsync(Func<Actor<TMessage>, ValueTask> cleanUp)
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
            OwningSystem.Events.Publish((Path, cause), static (observer, it) => observer.CleanupFailed(it.Path, it.cause));
        }
    }

    /// <summary>Waits for the end of a back-off; false if a stop cut it short.</summary>
    private static async ValueTask<bool> HasPassedAsync(Task backOff)
    {
        try
        {
            await backOff;
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private ChildFailedException? TakeEscalation()
    {
        if (_escalated is null)
        {
            return null;
        }

        lock (Gate)
        {
            var escalated = _escalated;
            _escalated = null;
            return escalated;
        }
    }

    private readonly record struct End(Exception? Cause, bool Escalate);

    private readonly record struct Failure(Exception Cause, bool HasMessage, TMessage? Message);
}

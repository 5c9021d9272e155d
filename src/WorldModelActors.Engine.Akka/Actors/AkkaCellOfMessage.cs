using Akka.Actor;

namespace WorldModelActors.Engine.Akka;

/// <summary>One actor as its senders see it: its address, its queue, and how to make it.</summary>
internal sealed class AkkaCell<TMessage> : AkkaCell, IAkkaRef<TMessage>, IInbox<TMessage>, ICellOwner
    where TMessage : notnull
{
    private volatile ChildFailedException? _escalated;
    private bool _restarting;

    public AkkaCell(AkkaActorSystem system, ICellOwner owner, ActorPath path, string nativeName, ActorProps<TMessage> props)
        : base(system, owner, path, nativeName)
    {
        Props = props;
        NativePath = owner.NativePath + "/" + nativeName;
        Children = new ChildSet(system, this, path);
        History = new RestartHistory(props.Supervision, system.Time);
        Queue = new LaneQueue(
            props.Mailbox.Lanes?.Count ?? 1,
            props.Mailbox.Capacity,
            LaneOfForeign);
        Watches = new WatchSet<TMessage>(this);
    }

    public ActorProps<TMessage> Props { get; }

    public RestartHistory History { get; }

    public ChildSet Children { get; }

    public LaneQueue Queue { get; }

    public WatchSet<TMessage> Watches { get; }

    public string NativePath { get; }

    /// <summary>Akka's context of the actor, from its first instance to its end.</summary>
    public Native.IActorContext? Context { get; set; }

    /// <summary>Has Akka make the actor.</summary>
    public void Make()
    {
        OwningSystem.CountStarted();
        var extension = PortExtension.Of(OwningSystem.Akka);
        extension.OfferQueue(NativePath, Queue);
        try
        {
            NativeRef = Owner.MakeNative(
                Native.Props.CreateBy(new HostProducer<TMessage>(this))
                    .WithMailbox("wma.akka.mailbox")
                    .WithDispatcher(Props.Thread == ActorThread.Dedicated ? "wma.akka.device-dispatcher" : "wma.akka.actor-dispatcher"),
                NativeName);
        }
        catch
        {
            extension.WithdrawQueue(NativePath);
            OwningSystem.CountEnded();
            throw;
        }
    }

    public Native.IActorRef MakeNative(Props props, string name) =>
        (Context ?? throw new ActorStoppingException(Path)).ActorOf(props, name);

    public void Tell(TMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (IsRefusing)
        {
            OwningSystem.Events.DeadLetter(Path, message, DeadLetterReason.RecipientStopped);
            return;
        }

        var entry = Sort(message);
        if (Queue.TryReserve(entry))
        {
            Deliver(entry);
        }
        else
        {
            throw new MailboxFullException(Path, Queue.Capacity!.Value);
        }
    }

    public ValueTask TellAsync(TMessage message, CancellationToken cancellationToken = default)
    {
        var post = PostAsync(message, cancellationToken);
        return post.IsCompletedSuccessfully ? ValueTask.CompletedTask : WaitAsync(post);

        static async ValueTask WaitAsync(ValueTask<bool> post) => await post.ConfigureAwait(false);
    }

    public Task<TReply> Ask<TReply>(
        Func<IActorRef<TReply>, TMessage> message, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : notnull => Asking.AskAsync(OwningSystem, this, message, timeout, cancellationToken);

    public ValueTask<bool> PostAsync(TMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        if (IsRefusing)
        {
            OwningSystem.Events.DeadLetter(Path, message, DeadLetterReason.RecipientStopped);
            return ValueTask.FromResult(false);
        }

        var entry = Sort(message);
        if (Queue.TryReserve(entry))
        {
            Deliver(entry);
            return ValueTask.FromResult(true);
        }

        var waiter = new PlaceWaiter();
        if (!Queue.WaitForPlace(entry, new Native.Envelope(entry, ActorRefs.NoSender), waiter))
        {
            Deliver(entry);
            return ValueTask.FromResult(true);
        }

        return new ValueTask<bool>(WaitAsync(waiter, cancellationToken));

        static async Task<bool> WaitAsync(PlaceWaiter waiter, CancellationToken cancellationToken)
        {
            using var cancellation = cancellationToken.UnsafeRegister(
                static (waiter, token) => ((PlaceWaiter)waiter!).Cancel(token), waiter);
            return await waiter.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Posts what the engine itself makes (timers, piped results): never refused for lack of space, and in order with what waits.</summary>
    public void PostUnbounded(TMessage message, DeliveryGuard? guard = null)
    {
        var sorted = Sort(message);
        PostUnbounded(sorted.Guard is null && guard is not null
            ? new Entry<TMessage> { Recipient = this, Message = message, Guard = guard, Lane = sorted.Lane }
            : sorted);
    }

    /// <summary>Makes the receiver fail in place of a message that could not be made.</summary>
    public void PostFault(object original, Exception cause) => PostUnbounded(Fault(original, cause));

    public Entry<TMessage> Fault(object original, Exception cause) => new()
    {
        Recipient = this,
        Message = default!,
        Guard = new AdaptationFault(Path, original, cause),
        Lane = Queue.LaneCount - 1,
    };

    public Entry<TMessage> Sort(TMessage message)
    {
        if (Props.Mailbox.Lanes is not { } lanes)
        {
            return new Entry<TMessage> { Recipient = this, Message = message, Lane = 0 };
        }

        try
        {
            var lane = lanes.Selector(message);
            ArgumentOutOfRangeException.ThrowIfNegative(lane);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, lanes.Count);
            return new Entry<TMessage> { Recipient = this, Message = message, Lane = lane };
        }
        catch (Exception cause)
        {
            return Fault(message, cause);
        }
    }

    public void OnChildEscalated(AkkaCell child, Exception cause)
    {
        lock (Gate)
        {
            _escalated ??= new ChildFailedException(child.Path, cause);
        }

        Control(Signal.Look);
    }

    public ChildFailedException? TakeEscalation()
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

    /// <summary>A child has failed this actor, which has not heard of it yet.</summary>
    public bool HasEscalation => _escalated is not null;

    /// <summary>The next instance replaces another.</summary>
    public void MarkRestart() => _restarting = true;

    /// <summary>True if this instance replaces another.</summary>
    public bool TakeRestarted()
    {
        var restarting = _restarting;
        _restarting = false;
        return restarting;
    }

    /// <summary>Takes nothing from now on: who waits for a place goes on, also a child that this actor will wait for.</summary>
    public void CloseToPosts()
    {
        IsClosing = true;
        Queue.Close();
    }

    /// <summary>Takes nothing more and reports what is left.</summary>
    public void CloseQueue()
    {
        IsClosing = true;
        Queue.CloseAndBury();
    }

    /// <summary>Akka has stopped the actor.</summary>
    public void OnStopped()
    {
        CloseQueue();
        EndBackOff(cancel: true);
        Children.Close();
        Watches.Release();
        Finish();
    }

    private void PostUnbounded(Entry<TMessage> entry)
    {
        if (IsRefusing)
        {
            entry.Bury(DeadLetterReason.RecipientStopped);
        }
        else if (!Queue.WaitForPlace(entry, new Native.Envelope(entry, ActorRefs.NoSender), new PlaceWaiter()))
        {
            Deliver(entry);
        }
    }

    private void Deliver(Entry entry) => NativeRef.Tell(entry, ActorRefs.NoSender);

    /// <summary>Lane of what Akka or an actor beside the port put into the mailbox.</summary>
    private int LaneOfForeign(object message) => message switch
    {
        TMessage own => Sort(own).Lane,
        _ => Queue.LaneCount - 1,
    };
}

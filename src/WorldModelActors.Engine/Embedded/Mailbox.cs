using System.Threading.Channels;

namespace WorldModelActors.Engine;

/// <summary>What became of a message handed to a mailbox.</summary>
internal enum Posted
{
    Accepted,
    Full,
    Closed,
}

/// <summary>
/// One channel per lane and one wake-up signal. The signal has room for one token and is set after every write, so a reader that found
/// all lanes empty and then waits for it misses nothing.
/// </summary>
internal sealed class Mailbox<TMessage> : IInbox<TMessage>
    where TMessage : notnull
{
    private readonly ActorPath _owner;
    private readonly MailboxOptions<TMessage> _options;
    private readonly EventPublisher _events;
    private readonly Channel<Envelope<TMessage>>[] _lanes;
    private readonly Channel<byte> _signal;
    private volatile bool _refusing;

    public Mailbox(ActorPath owner, MailboxOptions<TMessage> options, EventPublisher events)
    {
        _owner = owner;
        _options = options;
        _events = events;
        _lanes = new Channel<Envelope<TMessage>>[options.Lanes?.Count ?? 1];
        for (var i = 0; i < _lanes.Length; i++)
        {
            _lanes[i] = options.Capacity is { } capacity
                ? Channel.CreateBounded<Envelope<TMessage>>(
                    new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait })
                : Channel.CreateUnbounded<Envelope<TMessage>>(new UnboundedChannelOptions { SingleReader = true });
        }

        _signal = Channel.CreateBounded<byte>(
            new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    }

    public int? Capacity => _options.Capacity;

    public Posted TryPost(TMessage message)
    {
        if (_refusing)
        {
            return Posted.Closed;
        }

        var envelope = Sort(message, out var lane);
        if (_lanes[lane].Writer.TryWrite(envelope))
        {
            Signal();
            return Posted.Accepted;
        }

        return _refusing || Capacity is null ? Posted.Closed : Posted.Full;
    }

    /// <summary>Waits for space; false if the mailbox is closed or closes meanwhile.</summary>
    public async ValueTask<bool> PostAsync(TMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_refusing)
        {
            return false;
        }

        var envelope = Sort(message, out var lane);
        try
        {
            var write = _lanes[lane].Writer.WriteAsync(envelope, cancellationToken);
            Signal();
            await write.ConfigureAwait(false);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>
    /// Posts what the engine itself makes (timers, ends of watched actors, piped results): never refused for lack of space, and in
    /// order with what was sent before, because a bounded channel queues its waiting writers.
    /// </summary>
    public void PostUnbounded(TMessage message, DeliveryGuard? guard = null)
    {
        var envelope = Sort(message, out var lane);
        PostUnbounded(envelope.Guard is null ? envelope with { Guard = guard } : envelope, lane);
    }

    /// <summary>Makes the receiver fail in place of a message that could not be made.</summary>
    public void PostFault(object original, Exception cause) =>
        PostUnbounded(new Envelope<TMessage>(default!, new AdaptationFault(_owner, original, cause)), _lanes.Length - 1);

    public bool TryTake(out Envelope<TMessage> envelope)
    {
        foreach (var lane in _lanes)
        {
            if (lane.Reader.TryRead(out envelope))
            {
                return true;
            }
        }

        envelope = default;
        return false;
    }

    public async ValueTask WaitAsync() => await _signal.Reader.ReadAsync();

    public void Signal() => _signal.Writer.TryWrite(0);

    /// <summary>Takes no message from now on, but keeps what it holds and what waits for space.</summary>
    public void Refuse() => _refusing = true;

    /// <summary>Takes nothing from now on and turns away those who wait for space.</summary>
    public void Close()
    {
        _refusing = true;
        foreach (var lane in _lanes)
        {
            lane.Writer.TryComplete();
        }
    }

    /// <summary>Reports everything that is left as dead letters.</summary>
    public void BuryRest()
    {
        while (TryTake(out var envelope))
        {
            Bury(envelope, DeadLetterReason.LeftInMailbox);
        }
    }

    private void PostUnbounded(Envelope<TMessage> envelope, int lane)
    {
        if (_refusing)
        {
            Bury(envelope, DeadLetterReason.RecipientStopped);
            return;
        }

        var write = _lanes[lane].Writer.WriteAsync(envelope);
        Signal();
        if (!write.IsCompletedSuccessfully)
        {
            _ = BuryUnlessWrittenAsync(write, envelope);
        }
    }

    private async Task BuryUnlessWrittenAsync(ValueTask write, Envelope<TMessage> envelope)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            Bury(envelope, DeadLetterReason.RecipientStopped);
        }
    }

    private void Bury(Envelope<TMessage> envelope, DeadLetterReason reason)
    {
        switch (envelope.Guard)
        {
            case null:
                _events.DeadLetter(_owner, envelope.Message, reason);
                break;
            case AdaptationFault fault:
                _events.DeadLetter(_owner, fault.Original, reason);
                break;
            default:
                // Timers and watches end with their actor: nobody loses what nobody sent.
                break;
        }
    }

    private Envelope<TMessage> Sort(TMessage message, out int lane)
    {
        lane = 0;
        if (_options.Lanes is not { } lanes)
        {
            return new Envelope<TMessage>(message, null);
        }

        try
        {
            lane = lanes.Selector(message);
            ArgumentOutOfRangeException.ThrowIfNegative(lane);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, _lanes.Length);
            return new Envelope<TMessage>(message, null);
        }
        catch (Exception cause)
        {
            lane = _lanes.Length - 1;
            return new Envelope<TMessage>(default!, new AdaptationFault(_owner, message, cause));
        }
    }
}

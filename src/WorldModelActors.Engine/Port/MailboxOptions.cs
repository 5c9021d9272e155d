namespace WorldModelActors.Engine;

/// <summary>Bound and lanes of a mailbox.</summary>
public sealed record MailboxOptions<TMessage>
    where TMessage : notnull
{
    private readonly int? _capacity;

    /// <summary>One lane, no bound.</summary>
    public static MailboxOptions<TMessage> Unbounded { get; } = new();

    /// <summary>
    /// Most messages that wait in each lane, or null for no bound. A full lane makes <see cref="IActorRef{TMessage}.TellAsync"/> wait and
    /// <see cref="IActorRef{TMessage}.Tell"/> throw. Timer messages, watch notifications and piped results are not bounded.
    /// </summary>
    public int? Capacity
    {
        get => _capacity;
        init => _capacity = value is null or > 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "a mailbox holds at least one message");
    }

    /// <summary>Priority lanes, or null for a single one.</summary>
    public MailboxLanes<TMessage>? Lanes { get; init; }

    /// <summary>One lane with a bound.</summary>
    public static MailboxOptions<TMessage> Bounded(int capacity) => new() { Capacity = capacity };
}

/// <summary>
/// Priority lanes: lane 0 is always served before lane 1, and so on; first in, first out within a lane. Between lanes the order of
/// sending is not kept.
/// </summary>
/// <typeparam name="TMessage">The actor's messages.</typeparam>
public sealed record MailboxLanes<TMessage>
    where TMessage : notnull
{
    /// <summary>Lanes 0 … <paramref name="count"/> - 1, chosen by <paramref name="selector"/>.</summary>
    /// <param name="count">Number of lanes, 1 … 16.</param>
    /// <param name="selector">Lane of a message; must be pure, it runs on the sender's thread. If it throws or answers with no lane, the
    /// receiving actor fails with <see cref="MessageAdaptationException"/>.</param>
    public MailboxLanes(int count, Func<TMessage, int> selector)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 16);
        ArgumentNullException.ThrowIfNull(selector);
        Count = count;
        Selector = selector;
    }

    /// <summary>Number of lanes.</summary>
    public int Count { get; }

    /// <summary>Lane of a message.</summary>
    public Func<TMessage, int> Selector { get; }

    /// <summary>Two lanes: urgent messages before all others.</summary>
    public static MailboxLanes<TMessage> Urgent(Func<TMessage, bool> isUrgent)
    {
        ArgumentNullException.ThrowIfNull(isUrgent);
        return new MailboxLanes<TMessage>(2, message => isUrgent(message) ? 0 : 1);
    }
}

namespace WorldModelActors.Rollout;

/// <summary>A request that a <see cref="MicroBatchActor{TMessage, TRequest}"/> holds until all its items are computed.</summary>
internal abstract class PendingRequest(object message, int items)
{
    /// <summary>The message that asked.</summary>
    public object Message { get; } = message;

    /// <summary>Its items, numbered from 0.</summary>
    public int Items { get; } = items;

    /// <summary>Id of the episode that asked.</summary>
    public abstract string Episode { get; }

    /// <summary>The episode's iteration.</summary>
    public abstract int Iteration { get; }

    /// <summary>0 goes before 1.</summary>
    public virtual int Priority => 0;

    /// <summary>True where the episode does nothing until it has the answer.</summary>
    public abstract bool IsAwaited { get; }

    /// <summary>Requests of equal shapes may share a call.</summary>
    public abstract string Shape { get; }

    /// <summary>Items that are not computed.</summary>
    public int Left { get; set; } = items;

    /// <summary>Items that wait.</summary>
    public int Waiting { get; set; }

    /// <summary>Set by a call where the request's own data are at fault.</summary>
    public Exception? Fault { get; set; }

    /// <summary>The call of fixed composition to which an item belongs.</summary>
    public virtual int FixedCall(int item) => item;

    /// <summary>What was to be done, for messages: a verb, and so many items of which request.</summary>
    public abstract string Describe(int items);

    /// <summary>Everything is computed: answers.</summary>
    public abstract void Complete();

    /// <summary>Answers with a failure; frees what was computed.</summary>
    public abstract void Fail(Exception cause);

    /// <summary>Frees what was computed; somebody else answers.</summary>
    public abstract void Abandon();
}

/// <summary>One item of a request.</summary>
internal readonly record struct PendingItem<TRequest>(TRequest Request, int Index);

/// <summary>Items of equal groups may share a call.</summary>
/// <param name="Shape">Their shape.</param>
/// <param name="Alone">The only request whose items may be in the call; null: any.</param>
/// <param name="FixedCall">Which of its calls, where their composition is fixed.</param>
internal readonly record struct PendingGroup<TRequest>(string Shape, TRequest? Alone, int FixedCall);

using Akka.Actor;

namespace WorldModelActors.Engine.Akka;

/// <summary>What the engine says to its own actors: served before any message, also while a handler is under way.</summary>
internal abstract class Control : INoSerializationVerificationNeeded
{
    /// <summary>Runs in the actor's turn.</summary>
    public abstract void Run(IHost host);
}

/// <summary>The side of a host that control messages see.</summary>
internal interface IHost
{
    /// <summary>Makes the first step of an instance.</summary>
    void StartInstance();

    /// <summary>A step that went on beside the mailbox has ended.</summary>
    void CompleteStep();

    /// <summary>Looks whether the actor shall stop or has been failed by a child.</summary>
    void Look();

    /// <summary>An exception of the actor's own code outside its handlers.</summary>
    void Fail(Exception cause);
}

/// <summary>The controls that carry nothing.</summary>
internal sealed class Signal(Action<IHost> run) : Control
{
    public static Signal Start { get; } = new(static host => host.StartInstance());

    public static Signal StepCompleted { get; } = new(static host => host.CompleteStep());

    public static Signal Look { get; } = new(static host => host.Look());

    public override void Run(IHost host) => run(host);
}

/// <summary>Something that must happen in the actor's turn, asked for from elsewhere.</summary>
internal sealed class TurnAction(Action action) : Control
{
    public override void Run(IHost host) => action();
}

/// <summary>What follows an <c>await</c> in an actor with a thread of its own.</summary>
internal sealed class Continuation(SendOrPostCallback callback, object? state) : Control
{
    public override void Run(IHost host)
    {
        try
        {
            callback(state);
        }
        catch (Exception cause)
        {
            host.Fail(cause);
        }
    }

    /// <summary>For an actor that has ended: its work that is still under way goes on elsewhere.</summary>
    public void RunOnPool() =>
        ThreadPool.UnsafeQueueUserWorkItem(static work => work.callback(work.state), (callback, state), preferLocal: false);
}

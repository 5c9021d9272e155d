namespace WorldModelActors.Engine.Akka;

/// <summary>
/// Brings what follows an <c>await</c> back to the thread of an actor that has one: as a control message, since the pinned dispatcher runs the actor's
/// mailbox on that thread. What comes after the actor's end goes on in the thread pool.
/// </summary>
internal sealed class DedicatedContext(AkkaCell cell) : SynchronizationContext
{
    public override SynchronizationContext CreateCopy() => this;

    public override void Post(SendOrPostCallback d, object? state)
    {
        var continuation = new Continuation(d, state);
        if (cell.IsTerminated)
        {
            continuation.RunOnPool();
        }
        else
        {
            // If the actor ends meanwhile it comes back as a dead letter, which AkkaDeadLetters sends to the pool.
            cell.Control(continuation);
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (Current == this)
        {
            d(state);
            return;
        }

        using var done = new ManualResetEventSlim();
        Post(_ =>
        {
            try
            {
                d(state);
            }
            finally
            {
                done.Set();
            }
        }, null);
        done.Wait();
    }
}

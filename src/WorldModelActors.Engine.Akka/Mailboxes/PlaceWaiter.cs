namespace WorldModelActors.Engine.Akka;

/// <summary>The wait for a place in a bounded lane.</summary>
internal sealed class PlaceWaiter
{
    private readonly TaskCompletionSource<bool> _place = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _claimed;

    /// <summary>True when the message is in the mailbox, false if the actor takes none any more.</summary>
    public Task<bool> Task => _place.Task;

    /// <summary>The queue and a cancellation compete for the entry; one gets it.</summary>
    public bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

    public void Complete(bool accepted) => _place.TrySetResult(accepted);

    public void Cancel(CancellationToken cancellationToken)
    {
        if (TryClaim())
        {
            _place.TrySetCanceled(cancellationToken);
        }
    }
}

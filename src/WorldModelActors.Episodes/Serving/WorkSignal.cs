namespace WorldModelActors.Episodes;

/// <summary>What a node waits for: a change in the store, something of its own, or a pause that is over.</summary>
/// <param name="store">The store.</param>
/// <param name="longest">The pause.</param>
/// <param name="time">Its clock.</param>
internal sealed class WorkSignal(IEpisodeStore store, TimeSpan longest, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IStoreSubscription? _subscription;
    private Task _change = Task.CompletedTask;

    /// <summary>Ends the wait under way, or the next one.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            _woken.TrySetResult();
        }
    }

    /// <summary>Waits. One caller at a time.</summary>
    public async Task NextAsync()
    {
        if (_change.IsCompleted)
        {
            _change = ChangeAsync(isBroken: _change.IsFaulted);
        }

        await Task.WhenAny(_change, _woken.Task).ConfigureAwait(false);
        lock (_lock)
        {
            if (_woken.Task.IsCompleted)
            {
                _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(_change).ConfigureAwait(false);
        await DropAsync().ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task ChangeAsync(bool isBroken)
    {
        try
        {
            if (isBroken)
            {
                await DropAsync().ConfigureAwait(false);
            }

            _subscription ??= await store.SubscribeAsync(_end.Token).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            // Without a subscription the pauses have to do.
            await Task.Delay(longest, time, _end.Token).ConfigureAwait(false);
            return;
        }

        await _subscription.NextAsync(longest, _end.Token).ConfigureAwait(false);
    }

    private async Task DropAsync()
    {
        if (_subscription is { } subscription)
        {
            _subscription = null;
            await subscription.DisposeAsync().ConfigureAwait(false);
        }
    }
}

using System.Collections.Concurrent;
using System.Globalization;

namespace WorldModelActors.Episodes;

/// <summary>
/// A node: claims episodes, keeps their leases alive, has them run, and records how they end. Nodes know nothing of each other; the store
/// decides who owns what, and its epochs keep a node that has lost an episode from writing to it.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="files">The files beside it.</param>
/// <param name="worker">Runs the episodes.</param>
/// <param name="options">How it serves.</param>
/// <param name="observer">Sees what it does; null for nobody.</param>
/// <param name="time">The clock of its pauses; null for the system's.</param>
/// <param name="placement">Which episodes it may claim; null for any.</param>
/// <param name="exchange">Where files come from that are not here; null: all nodes see the same folder.</param>
public sealed class NodeService(
    IEpisodeStore store, EpisodeFiles files, IEpisodeWorker worker, NodeOptions options, INodeObserver? observer = null, TimeProvider? time = null, IEpisodePlacement? placement = null,
    IFileExchange? exchange = null)
{
    private static readonly TimeSpan s_unavailablePause = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly NodeObservers _observer = new([.. new[] { observer, placement }.OfType<INodeObserver>()]);
    private readonly EpisodeJournal _journal = new(store, files, time, exchange);
    private readonly ConcurrentDictionary<long, HeldEpisode> _held = [];
    private readonly WorkSignal _signal = new(store, options.LongestPause, time ?? TimeProvider.System);
    private readonly CancellationTokenSource _drain = new();
    private NodeId? _node;
    private long _claimNotBefore;
    private Exception? _unusable;

    /// <summary>Serves until it is told to end, or, with <see cref="NodeOptions.ExitWhenDone"/>, until nothing is left.</summary>
    /// <param name="drain">Asks it to end: it takes no more episodes, finishes the iterations in hand, gives the episodes back, and returns.</param>
    /// <param name="stopNow">Asks it to end without finishing them; what is not committed is made again by the next owner.</param>
    /// <exception cref="StoreException">The store cannot be used at all.</exception>
    /// <exception cref="NodeUnusableException">Nothing more can be computed in this process; everything was given back.</exception>
    public async Task RunAsync(CancellationToken drain, CancellationToken stopNow)
    {
        using var endDrain = drain.Register(Drain);
        using var endNow = stopNow.Register(Drain);
        if (placement is not null)
        {
            placement.Changed += _signal.Wake;
        }

        _node = await PatientlyAsync(() => store.RegisterAsync(options.Description, stopNow), stopNow).ConfigureAwait(false);
        using var beating = new CancellationTokenSource();
        var beats = Task.Run(() => BeatAsync(beating.Token), CancellationToken.None);
        try
        {
            await ClaimAsync(stopNow).ConfigureAwait(false);
        }
        finally
        {
            if (placement is not null)
            {
                placement.Changed -= _signal.Wake;
            }

            Drain();
            await Task.WhenAll(_held.Values.Select(held => held.Work)).ConfigureAwait(false);
            await beating.CancelAsync().ConfigureAwait(false);
            await beats.ConfigureAwait(false);
            await LeaveAsync().ConfigureAwait(false);
        }

        if (_unusable is not null)
        {
            throw _unusable;
        }
    }

    /// <summary>Gives one episode back after the iteration in hand, and goes on with the others. Nothing happens where the node does not hold it.</summary>
    /// <param name="episodeId">Its id.</param>
    /// <returns>Ends when this node's work on it has ended.</returns>
    public Task GiveBackAsync(string episodeId)
    {
        if (_held.Values.FirstOrDefault(held => held.Claim.EpisodeId == episodeId) is not { } held)
        {
            return Task.CompletedTask;
        }

        held.Drain();
        return held.Over;
    }

    private void Drain()
    {
        if (!_drain.IsCancellationRequested)
        {
            _drain.Cancel();
            _signal.Wake();
        }
    }

    /// <summary>Takes episodes while there is room, until the node is to end and holds none.</summary>
    private async Task ClaimAsync(CancellationToken stopNow)
    {
        await using (_signal.ConfigureAwait(false))
        {
            while (true)
            {
                var taken = _drain.IsCancellationRequested ? 0 : await TakeAsync(stopNow).ConfigureAwait(false);
                if (options.ExitWhenDone && !_drain.IsCancellationRequested && taken == 0 && await IsDoneAsync(stopNow).ConfigureAwait(false))
                {
                    Drain();
                }

                if (_drain.IsCancellationRequested && _held.IsEmpty)
                {
                    return;
                }

                await _signal.NextAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<int> TakeAsync(CancellationToken stopNow)
    {
        var room = options.Description.Capacity - _held.Count;
        if (room <= 0 || _time.GetTimestamp() < Volatile.Read(ref _claimNotBefore))
        {
            return 0;
        }

        IReadOnlyCollection<string>? only = null;
        if (placement is not null)
        {
            var mine = _held.Values.Select(held => held.Claim.EpisodeId).ToHashSet(StringComparer.Ordinal);
            only = [.. placement.Placed.Where(id => !mine.Contains(id))];
            if (only.Count == 0)
            {
                return 0;
            }
        }

        var request = new ClaimRequest(_node!, room, options.Lease)
        {
            Only = only,
            FreeBytes = options.Description.Bytes - _held.Values.Sum(held => held.Claim.Bytes),
        };
        IReadOnlyList<Claim> claims;
        try
        {
            claims = await store.ClaimAsync(request, stopNow).ConfigureAwait(false);
        }
        catch (StoreException cause) when (cause.IsTransient)
        {
            // Claims whose answer was lost run out: this node does not know of them and does not renew them.
            Volatile.Write(ref _claimNotBefore, _time.GetTimestamp() + (long)(s_unavailablePause.TotalSeconds * _time.TimestampFrequency));
            return 0;
        }
        catch (OperationCanceledException) when (stopNow.IsCancellationRequested)
        {
            return 0;
        }

        foreach (var claim in claims)
        {
            // An episode that this node has lost without noticing, and now has again: the old work must be gone before the new one begins.
            _held.TryGetValue(claim.Number, out var before);
            before?.Lose();
            var held = new HeldEpisode(claim, _drain.Token, stopNow);
            _held[claim.Number] = held;
            _observer.Claimed(claim);
            held.Work = Task.Run(() => ServeAsync(held, before?.Work ?? Task.CompletedTask), CancellationToken.None);
        }

        return claims.Count;
    }

    private async Task<bool> IsDoneAsync(CancellationToken stopNow)
    {
        // While it works on an episode that counts, it need not ask.
        if (_held.Values.Any(held => options.SweepId is null || held.Claim.SweepId == options.SweepId))
        {
            return false;
        }

        try
        {
            var summary = await store.SummaryAsync(options.SweepId, stop: stopNow).ConfigureAwait(false);
            return summary.Sweeps.All(sweep => sweep.Ended == sweep.Count);
        }
        catch (Exception cause) when (cause is StoreException { IsTransient: true } or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Works on an episode to the end of this node's part in it. Throws nothing.</summary>
    private async Task ServeAsync(HeldEpisode held, Task before)
    {
        var claim = held.Claim;
        var (outcome, cause) = (ServiceOutcome.Completed, (string?)null);
        try
        {
            await before.ConfigureAwait(false);
            (outcome, cause) = await WorkAsync(held).ConfigureAwait(false);
        }
        catch (LeaseLostException lost)
        {
            (outcome, cause) = (ServiceOutcome.Lost, lost.Message);
        }
        catch (Exception failure) when (failure is StoreException { IsTransient: true } or OperationCanceledException)
        {
            (outcome, cause) = (ServiceOutcome.Abandoned, failure.Message);
        }
        catch (Exception failure)
        {
            // Not even its failure could be recorded: whoever owns it next will meet the same.
            (outcome, cause) = (ServiceOutcome.Abandoned, failure.Message);
        }
        finally
        {
            if (outcome == ServiceOutcome.Lost)
            {
                await ForsakeAsync(claim).ConfigureAwait(false);
            }

            _held.TryRemove(KeyValuePair.Create(claim.Number, held));
            held.Dispose();
            _observer.Ended(claim, outcome, cause);
            _signal.Wake();
        }
    }

    /// <summary>Leaves nothing behind in an episode that another owner may have ended meanwhile.</summary>
    private async Task ForsakeAsync(Claim claim)
    {
        try
        {
            await _journal.ForsakeAsync(claim, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreException cause)
        {
            _observer.Noted($"{cause.Message}; wma store check --repair deletes what was left of {claim.Name}");
        }
    }

    private async Task<(ServiceOutcome Outcome, string? Cause)> WorkAsync(HeldEpisode held)
    {
        var claim = held.Claim;
        string failure;
        var mayGoBetter = true;
        try
        {
            var point = await _journal.ResumeAsync(claim, held.Stop).ConfigureAwait(false);
            if (point.Damage is not null)
            {
                _observer.Rewound(claim, point);
            }

            var result = await worker.RunAsync(new EpisodeAssignment(claim, point, _journal, files, held.Drained), held.Stop).ConfigureAwait(false);
            if (result is not null)
            {
                await _journal.CompleteAsync(claim, result, keepSegments: false, held.Stop).ConfigureAwait(false);
                return (ServiceOutcome.Completed, null);
            }

            return await ReleaseAsync(held, null).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return await ReleaseAsync(held, null).ConfigureAwait(false);
        }
        catch (DiskFullException full)
        {
            Volatile.Write(ref _claimNotBefore, _time.GetTimestamp() + (long)(options.DiskFullPause.TotalSeconds * _time.TimestampFrequency));
            _observer.Noted(string.Create(CultureInfo.InvariantCulture, $"{full.Message}; this node takes no episode for {options.DiskFullPause.TotalSeconds:0.#} s"));
            return await ReleaseAsync(held, full.Message).ConfigureAwait(false);
        }
        catch (LeaseLostException)
        {
            throw;
        }
        catch (StoreException away) when (away.IsTransient)
        {
            // Not the episode's fault, so it does not count as its failure.
            return await ReleaseAsync(held, away.Message).ConfigureAwait(false);
        }
        catch (NodeUnusableException cause)
        {
            _unusable = cause;
            Drain();
            failure = cause.Message;
        }
        catch (Exception cause)
        {
            failure = OneLine(cause.Message);
            mayGoBetter = cause is not EpisodeRefusedException;
        }

        var state = await store.FailAsync(claim, failure, mayGoBetter, CancellationToken.None).ConfigureAwait(false);
        return (ServiceOutcome.Failed, state == JournalState.Waiting ? $"{failure}; it is tried again" : failure);
    }

    /// <summary>Gives an episode back, so that another node need not wait for its lease to run out.</summary>
    private async Task<(ServiceOutcome, string?)> ReleaseAsync(HeldEpisode held, string? why)
    {
        if (held.IsLost)
        {
            return (ServiceOutcome.Lost, why ?? "the lease is gone");
        }

        await store.ReleaseAsync(held.Claim, CancellationToken.None).ConfigureAwait(false);
        return (ServiceOutcome.Released, why);
    }

    /// <summary>Heart-beats, until it is stopped.</summary>
    private async Task BeatAsync(CancellationToken stop)
    {
        var pause = options.Lease / options.BeatsPerLease;
        var isAway = false;
        while (true)
        {
            var next = pause;
            try
            {
                await BeatOnceAsync(stop).ConfigureAwait(false);
                if (isAway)
                {
                    _observer.Noted("the store answers again");
                    isAway = false;
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (StoreException cause)
            {
                if (!isAway)
                {
                    _observer.Noted($"no heart-beat, trying on: {cause.Message}");
                    isAway = true;
                }

                next = pause < s_unavailablePause ? pause : s_unavailablePause;
            }

            try
            {
                await Task.Delay(next, _time, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task BeatOnceAsync(CancellationToken stop)
    {
        var held = _held.Values.ToList();
        var renewed = await store.RenewAsync(_node!, [.. held.Select(episode => episode.Claim)], options.Lease, stop).ConfigureAwait(false);
        foreach (var lost in renewed.Lost)
        {
            // One that has just ended in good order is no longer among the held.
            if (_held.TryGetValue(lost.Claim.Number, out var episode) && episode.Claim.Epoch == lost.Claim.Epoch)
            {
                episode.Lose();
            }
        }

        if (renewed.Draining && !_drain.IsCancellationRequested)
        {
            _observer.Noted("asked to drain: finishing the iterations in hand");
            Drain();
        }
    }

    private async Task LeaveAsync()
    {
        try
        {
            await store.LeaveAsync(_node!, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreException cause)
        {
            _observer.Noted($"the store does not know that this node has left: {cause.Message}");
        }
    }

    /// <summary>At the start: waits for a store that is not there yet.</summary>
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> ask, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (StoreException cause) when (cause.IsTransient)
            {
                if (attempt == 1)
                {
                    _observer.Noted($"waiting for the store: {cause.Message}");
                }

                await Task.Delay(s_unavailablePause, _time, stop).ConfigureAwait(false);
            }
        }
    }

    private static string OneLine(string text) => string.Join("; ", text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>An episode that no node could ever run: its spec is wrong. It is not tried again.</summary>
public sealed class EpisodeRefusedException(string message, Exception cause) : Exception(message, cause);

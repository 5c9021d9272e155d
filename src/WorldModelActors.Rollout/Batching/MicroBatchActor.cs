using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>
/// An actor that gathers the items of requests into calls of a network, one call per message to itself: what arrives during a call
/// is sorted in before the next one. A request is answered when all its items are computed, each once.
/// <para>
/// A call that runs out of memory is made again in smaller ones. After any other failure of a call that requests shared, each of them
/// makes its calls alone, so that only the one at fault fails.
/// </para>
/// </summary>
/// <typeparam name="TMessage">The actor's messages.</typeparam>
/// <typeparam name="TRequest">What it holds of a request.</typeparam>
internal abstract partial class MicroBatchActor<TMessage, TRequest> : Actor<TMessage>
    where TMessage : notnull
    where TRequest : PendingRequest
{
    /// <summary>Most items that wait, whoever asked: a bound against defects, far above what episodes' credits allow.</summary>
    internal const int Capacity = 1 << 16;

    private static readonly object s_delay = new();

    private readonly BatchingSetup _setup;
    private readonly MicroBatchQueue<PendingGroup<TRequest>, PendingItem<TRequest>> _queue;
    private readonly Dictionary<string, BatchLimit> _limits = [];
    private readonly List<TRequest> _held = [];
    private long _generation;
    private bool _awake;
    private int _reported;

    /// <param name="setup">How it batches.</param>
    /// <param name="priorities">Priorities of its requests.</param>
    protected MicroBatchActor(BatchingSetup setup, int priorities)
    {
        _setup = setup;
        _queue = new MicroBatchQueue<PendingGroup<TRequest>, PendingItem<TRequest>>(
            setup.Rules with { Priorities = priorities, Capacity = Capacity }, LargestBatch);
    }

    /// <summary>Who works.</summary>
    protected abstract Lane Lane { get; }

    /// <summary>Most items of a call.</summary>
    protected int MaxBatch => _setup.Rules.MaxBatch;

    /// <summary>Name of a call in the lane.</summary>
    protected abstract string CallName(int priority);

    /// <summary>The message that makes the actor look at its queue.</summary>
    protected abstract TMessage Wake(long generation);

    /// <summary>Computes items and keeps the results in their requests; sets <see cref="PendingRequest.Fault"/> where the data are at fault.</summary>
    protected abstract void Call(IReadOnlyList<PendingItem<TRequest>> items);

    /// <summary>A request has arrived.</summary>
    protected void Add(TRequest request, IActorContext<TMessage> context)
    {
        if (request.Items == 0)
        {
            request.Fail(new RolloutException($"episode {request.Episode}: nothing to {request.Describe(0)}"));
            return;
        }
        var ofEpisode = _held.Count(h => h.Episode == request.Episode);
        if (ofEpisode >= _setup.RequestsPerEpisode || request.Items > Capacity - _queue.Count)
        {
            request.Fail(new RolloutException(
                $"episode {request.Episode}: {context.Self.Path} refused to {request.Describe(request.Items)}: it holds {ofEpisode} requests of the episode "
                + $"(at most {_setup.RequestsPerEpisode}) and {_queue.Count} items of all (at most {Capacity}); run fewer episodes at once"));
            return;
        }
        var now = Now(context);
        for (var i = 0; i < request.Items; i++)
        {
            var group = _setup.FixedCalls
                ? new PendingGroup<TRequest>(request.Shape, request, request.FixedCall(i))
                : new PendingGroup<TRequest>(request.Shape, null, 0);
            _queue.TryAdd(new PendingItem<TRequest>(request, i), group, now, request.Priority, request.IsAwaited ? request.Episode : null);
        }
        request.Waiting = request.Items;
        _held.Add(request);
        ReportDepth();
        LookAtQueue(context);
    }

    /// <summary>Makes a call if one is due.</summary>
    protected void Awake(long generation, IActorContext<TMessage> context)
    {
        // A delay that was over when something else had woken the actor already.
        if (generation != _generation)
            return;
        _awake = false;
        var now = Now(context);
        if (_queue.TryTake(now, _setup.Producers()) is { } batch)
        {
            try
            {
                Run(batch);
            }
            finally
            {
                _queue.Completed();
            }
            ReportDepth();
            if (_queue.Count > 0)
                LookAtQueue(context);
        }
        else if (_queue.Due is { } due)
        {
            context.Timers.StartSingle(s_delay, Wake(++_generation), due > now ? due - now : TimeSpan.Zero);
        }
    }

    private static TimeSpan Now(IActorContext<TMessage> context) => context.System.Time.GetElapsedTime(0);

    private void LookAtQueue(IActorContext<TMessage> context)
    {
        if (_awake)
            return;
        _awake = true;
        context.Timers.Cancel(s_delay);
        context.Self.Tell(Wake(++_generation));
    }

    private void Run(MicroBatch<PendingGroup<TRequest>, PendingItem<TRequest>> batch)
    {
        var requests = batch.Items.Select(i => i.Request).Distinct().ToList();
        foreach (var item in batch.Items)
            item.Request.Waiting--;
        ReportDepth();
        var since = _setup.Recorder.Now();
        var failure = TryCall(batch);
        _setup.Recorder.Worked(
            Lane,
            CallName(batch.Priority),
            since,
            batch.Items.Count,
            [.. requests.Select(r => new LaneSubject(r.Episode, r.Iteration)).Distinct()]);
        if (failure is not null)
        {
            OnFailure(batch, requests, failure);
            return;
        }
        foreach (var item in batch.Items)
            item.Request.Left--;
        foreach (var request in requests)
        {
            if (request.Fault is { } fault)
            {
                Fail(request, fault);
            }
            else if (request.Left == 0)
            {
                _held.Remove(request);
                request.Complete();
            }
        }
    }

    private Exception? TryCall(MicroBatch<PendingGroup<TRequest>, PendingItem<TRequest>> batch)
    {
        var measured = _setup.Peaks.Begin();
        long? peak = null;
        try
        {
            Call(batch.Items);
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            peak = _setup.Peaks.End(measured);
        }
        Limit(batch.Key.Shape).Succeeded(batch.Items.Count, peak);
        return null;
    }

    private int LargestBatch(PendingGroup<TRequest> group) =>
        _setup.FixedCalls ? _setup.Rules.MaxBatch : Limit(group.Shape).Current;

    private BatchLimit Limit(string shape)
    {
        if (!_limits.TryGetValue(shape, out var limit))
            _limits.Add(shape, limit = new BatchLimit(_setup.Rules.MaxBatch, _setup.MaxBytes));
        return limit;
    }

    private void ReportDepth()
    {
        var waiting = _held.Count(r => r.Waiting > 0);
        if (waiting != _reported)
            _setup.Recorder.Waiting(Lane, _reported = waiting);
    }
}

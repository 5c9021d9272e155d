using WorldModelActors.Engine;
using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>
/// Owns the UNet of one device and makes continuous batches: between two denoising steps it handles messages, so samples join and leave
/// there, and every step takes the samples in flight - of any episode, policy or world model, at any timestep of any schedule, with or
/// without guidance - that <see cref="DenoiseScheduler{T}"/> picks, as many as pay and fit.
/// </summary>
/// <remarks>
/// A batch is counted in rows of the network: a sample with guidance takes two. Without batching, and where results have to be
/// repeatable to the bit, every sample makes its steps by itself in calls of one row, in turn with the others: exactly the calls that it
/// makes when it is alone.
/// <para>
/// An episode has one sample at a time: what is held here is bounded by the episodes in flight. A sample of an episode that already has one
/// replaces it: whoever asked for the first one is gone.
/// </para>
/// </remarks>
internal sealed partial class Denoiser : Actor<DenoiserMessage>
{
    private readonly SynthesisRuntime _runtime;
    private readonly IRolloutObserver _observer;
    private readonly LaneRecorder _lanes;
    private readonly PeakMeter _peaks;
    private readonly DenoiseScheduler<InFlight> _scheduler;
    private readonly BatchLimit _limit;
    private readonly DenoiseConditionCache _conditions = new();
    private readonly UNetGraphs? _graphs;
    private readonly Denoise<UNetConditioning> _network;

    // Samples that are not begun; more than for a moment only where the device has no memory for another one.
    private readonly Queue<DenoiseSample> _waiting = new();
    private DenoiseClock? _clock;
    private DenoiseSample? _taken;
    private bool _awake;
    private bool _full;
    private int _toldWaiting;

    /// <param name="runtime">What is computed.</param>
    /// <param name="options">Sizes of batches.</param>
    /// <param name="observer">Hears of every step.</param>
    /// <param name="lanes">Hears of the work.</param>
    /// <param name="peaks">Memory of calls.</param>
    /// <param name="around">Put around the network; null for nothing.</param>
    /// <param name="sizes">How many rows a step takes; null: as many as the measured times say.</param>
    /// <param name="graphs">Makes the recordings that the network is replayed from; null: where the device has such.</param>
    public Denoiser(
        SynthesisRuntime runtime,
        RolloutOptions options,
        IRolloutObserver observer,
        LaneRecorder lanes,
        PeakMeter peaks,
        Func<Denoise<UNetConditioning>, Denoise<UNetConditioning>>? around = null,
        Func<IDenoiseBatchSize>? sizes = null,
        Func<UNetGraphs?>? graphs = null)
    {
        (_runtime, _observer, _lanes, _peaks) = (runtime, observer, lanes, peaks);
        _limit = options.Batching && !options.Deterministic
            ? new BatchLimit(options.Denoiser.MaxBatch, options.Denoiser.MaxBytes)
            : new BatchLimit(1);
        // Made on the actor's thread, as all that it holds.
        _graphs = options.CudaGraphs ? (graphs ?? (() => runtime.Graphs(options.Denoiser.MaxBatch, lanes.Degraded)))() : null;
        // Recordings exist for powers of two: three samples are two and one, not four with an empty place.
        _scheduler = new DenoiseScheduler<InFlight>(sizes ?? (() => new DenoiseCurve(anySize: _graphs is not { IsOn: true })));
        var network = runtime.Network(_conditions, _graphs);
        _network = around is null ? network : around(network);
    }

    public override ValueTask PreStartAsync(IActorContext<DenoiserMessage> context)
    {
        _clock = new DenoiseClock(_runtime.Device, context.System.Time);
        return ValueTask.CompletedTask;
    }

    public override ValueTask ReceiveAsync(DenoiserMessage message, IActorContext<DenoiserMessage> context)
    {
        switch (message)
        {
            case DenoiseSample request:
                _taken = request;
                Drop(s => s.Spec.Plan.Id == request.Spec.Plan.Id, $"{request.Spec.Name} takes the place of another one");
                _waiting.Enqueue(request);
                Admit();
                break;
            case CancelSamples(var episode):
                Drop(s => s.Spec.Plan.Id == episode, $"episode {episode} was cancelled");
                Admit();
                break;
            case NextStep(var owner) when ReferenceEquals(owner, this):
                _awake = false;
                Step();
                Admit();
                break;
        }
        Wake(context);
        return ValueTask.CompletedTask;
    }

    /// <summary>A failure of the actor itself costs only the samples that it held: their requesters are told and may ask again.</summary>
    public override ValueTask PreRestartAsync(ActorFailure<DenoiserMessage> failure, IActorContext<DenoiserMessage> context)
    {
        End(failure.Cause);
        // In hand, but not taken over yet.
        if (failure.HasMessage && failure.Message is DenoiseSample request && !ReferenceEquals(request, _taken))
            Refuse(request, failure.Cause);
        return ValueTask.CompletedTask;
    }

    public override ValueTask PostStopAsync(IActorContext<DenoiserMessage> context)
    {
        End(new OperationCanceledException("the denoiser was stopped"));
        return ValueTask.CompletedTask;
    }

    private void Wake(IActorContext<DenoiserMessage> context)
    {
        if (_scheduler.Count == 0)
            _clock!.Settle();
        TellWaiting(_scheduler.Count + _waiting.Count);
        if (_awake || _scheduler.Count == 0)
            return;
        _awake = true;
        context.Self.Tell(new NextStep(this));
    }

    private void TellWaiting(int samples)
    {
        if (samples == _toldWaiting)
            return;
        _toldWaiting = samples;
        _lanes.Waiting(Lane.UNet, samples);
    }

    /// <summary>Begins the samples that wait, as long as there is memory.</summary>
    private void Admit()
    {
        while (!_full && _waiting.TryPeek(out var request))
        {
            var since = _lanes.Now();
            ConditionedSample sample;
            try
            {
                sample = _runtime.Begin(request);
            }
            catch (TorchException e) when (e.IsOutOfMemory && _scheduler.Count > 0 && !request.Spec.Noise.IsSequential)
            {
                // There will be room when a sample leaves.
                FreeMemory();
                _full = true;
                return;
            }
            catch (Exception e)
            {
                // Its own inputs are at fault: the others go on.
                _waiting.Dequeue();
                Refuse(request, e);
                continue;
            }
            _waiting.Dequeue();
            _scheduler.Add(new InFlight(request, sample), sample.Group, sample.Rows);
            _runtime.Release(request.Inputs);
            var spec = request.Spec;
            _lanes.Worked(Lane.Condition, "prepare", since, 1, new LaneSubject(spec.Plan.Id, spec.Iteration, spec.Phase));
        }
    }

    private void Refuse(DenoiseSample request, Exception cause)
    {
        _runtime.Release(request.Inputs);
        request.ReplyTo.Tell(Reply<SampleDenoised>.Failed(cause));
    }

    /// <summary>A sample leaves without a result.</summary>
    private void Fail(InFlight sample, Exception cause)
    {
        using (sample.Sample)
            Leave(sample);
        sample.Request.ReplyTo.Tell(Reply<SampleDenoised>.Failed(cause));
    }

    private void Leave(InFlight sample)
    {
        _scheduler.Remove(sample);
        foreach (var condition in sample.Sample.Conditions)
        {
            _conditions.Forget(condition);
            _graphs?.Forget(condition);
        }
        _full = false;
    }

    private void Drop(Func<DenoiseSample, bool> which, string why)
    {
        foreach (var sample in _scheduler.Samples.Where(s => which(s.Request)).ToList())
            Fail(sample, new OperationCanceledException(why));
        for (var n = _waiting.Count; n > 0; n--)
        {
            var request = _waiting.Dequeue();
            if (which(request))
                Refuse(request, new OperationCanceledException(why));
            else
                _waiting.Enqueue(request);
        }
    }

    private void End(Exception cause)
    {
        foreach (var sample in _scheduler.Samples.ToList())
            Fail(sample, cause);
        while (_waiting.TryDequeue(out var request))
            Refuse(request, cause);
        _conditions.Dispose();
        _graphs?.Dispose();
        _clock?.Dispose();
        _clock = null;
        TellWaiting(0);
    }

    private sealed record InFlight(DenoiseSample Request, ConditionedSample Sample);
}

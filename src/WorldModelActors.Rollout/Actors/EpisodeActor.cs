using WorldModelActors.Engine;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>
/// Runs one episode: observe, embed, sample actions, sample the future, decode, observe again. It holds the pure
/// <see cref="EpisodeState{TFrame}"/> and handles, never tensors.
/// <para>
/// Only the last observed frames of a prediction hold up the next iteration; the others are decoded and written behind its
/// sampling. <see cref="RolloutOptions.MaxIterationsInFlight"/> bounds how far writing may fall behind.
/// </para>
/// </summary>
internal sealed partial class EpisodeActor : Actor<EpisodeMessage>
{
    private readonly EpisodeJob _job;
    private readonly DeviceActors _device;
    private readonly RolloutOptions _options;
    private readonly IRolloutObserver _observer;
    private readonly ModelShape _shape;
    private readonly EpisodeTrajectory _trajectory;
    private readonly PhaseClock _clock;

    private EpisodeState<LatentHandle>? _state;
    private IActorRef<VideoMessage>? _writer;
    private ObservationEmbedded? _observation;
    private float[]? _actions;
    private FutureSampled? _future;
    private Exception? _ending;
    private bool _finishing;
    private int _outstanding;
    private int _attempts;
    private int _framesDecoded;
    private int _framesRequested;
    private int _framesWritten;

    public EpisodeActor(EpisodeJob job, DeviceActors device, ModelShape shape, RolloutOptions options, IRolloutObserver observer, TimeProvider time)
    {
        _job = job;
        _device = device;
        _shape = shape;
        _options = options;
        _observer = observer;
        _clock = new PhaseClock(time);
        _trajectory = new EpisodeTrajectory(shape.PaddedDim);
    }

    private EpisodePlan Plan => _job.Plan;

    /// <summary>Frames that the next observation is made of.</summary>
    private int UrgentCount => Math.Min(_shape.ObservationSteps, Plan.ExecuteSteps);

    public override ValueTask ReceiveAsync(EpisodeMessage message, IActorContext<EpisodeMessage> context)
    {
        switch (message)
        {
            case EpisodeMessage.Begin:
                Begin(context);
                break;
            case EpisodeMessage.Cancel:
                _ending ??= new OperationCanceledException("cancelled on request");
                _device.Denoiser.Tell(new CancelSamples(Plan.Id));
                break;
            case EpisodeMessage.Embedded(var reply):
                OnEmbedded(reply, context);
                break;
            case EpisodeMessage.ActionsReady(var reply):
                OnActions(reply, context);
                break;
            case EpisodeMessage.FutureReady(var reply):
                OnFuture(reply, context);
                break;
            case EpisodeMessage.Decoded(var order, var reply):
                OnDecoded(order, reply, context);
                break;
            case EpisodeMessage.Written(var reply):
                OnWritten(reply, context);
                break;
            case EpisodeMessage.Finished(var reply):
                OnFinished(reply, context);
                break;
            case EpisodeMessage.WriterEnded(var cause):
                OnWriterEnded(cause, context);
                break;
        }
        EndIfDone(context);
        return ValueTask.CompletedTask;
    }

    public override ValueTask PostStopAsync(IActorContext<EpisodeMessage> context)
    {
        // Reached without a conclusion when the whole system stops or this actor failed.
        _device.Store.ReleaseEpisode(Plan.Id);
        _job.Result.TrySetCanceled();
        return ValueTask.CompletedTask;
    }

    /// <summary>A failure of the loop itself ends the episode; supervision calls this.</summary>
    internal static void OnFailure(EpisodeJob job, ActorFailure<EpisodeMessage> failure) =>
        job.Result.TrySetException(new RolloutException($"episode {job.Plan.Id}: {failure.Cause.Message}", failure.Cause));

    private void Begin(IActorContext<EpisodeMessage> context)
    {
        _observer.EpisodeStarted(Plan);
        _writer = context.Spawn(
            ActorProps.Create<VideoMessage>(() => new VideoWriterActor(_job.Sink)) with
            {
                Supervision = SupervisionStrategy.Stop,
                OnFailure = VideoWriterActor.OnFailure,
            },
            "video-writer");
        context.Watch(_writer, t => new EpisodeMessage.WriterEnded(t.Cause));
        var image = _device.Store.Put(
            _job.Start.Image.Span, [3, _shape.ImageHeight, _shape.ImageWidth], new LatentOrigin(Plan.Id, context.Self.Path, "first observation"));
        _state = new EpisodeState<LatentHandle>(
            Plan, _shape.ObservationSteps, _shape.Horizon, _shape.PaddedDim, image, _job.Start.State.Span);
        Embed(context);
    }

    private void Embed(IActorContext<EpisodeMessage> context)
    {
        _observer.IterationStarted(Plan.Id, _state!.Iteration);
        _attempts = 0;
        _clock.StartIteration();
        SendEmbed(context);
    }

    private void SendEmbed(IActorContext<EpisodeMessage> context)
    {
        _outstanding++;
        _clock.Start(Phase.Embed);
        var states = _state!.States.SelectMany(s => s).ToArray();
        _device.Embedder.Tell(new EmbedObservation(
            Plan.Id,
            _state.Iteration,
            [.. _state.Images],
            states,
            context.Adapt<Reply<ObservationEmbedded>>(r => new EpisodeMessage.Embedded(r))));
    }

    private void OnEmbedded(Reply<ObservationEmbedded> reply, IActorContext<EpisodeMessage> context)
    {
        _clock.Stop(Phase.Embed);
        if (!Accept(reply, "embedding the observation", () => SendEmbed(context)))
            return;
        _observation = reply.Value!;
        if (_ending is null)
            SendPolicy(context);
    }

    private void SendPolicy(IActorContext<EpisodeMessage> context)
    {
        _outstanding++;
        _clock.Start(Phase.Policy);
        _device.Policy.Tell(new SampleActions(
            Spec(SamplingPhase.Policy), _observation!, context.Adapt<Reply<ActionsSampled>>(r => new EpisodeMessage.ActionsReady(r))));
    }

    private void OnActions(Reply<ActionsSampled> reply, IActorContext<EpisodeMessage> context)
    {
        _clock.Stop(Phase.Policy);
        if (!Accept(reply, "sampling actions", () => SendPolicy(context)))
            return;
        var sampled = reply.Value!;
        if (sampled.Latent is { } imagined)
            DecodePolicyVideo(imagined, context);
        if (_ending is not null)
            return;
        _state!.ApplyActions(sampled.Actions);
        _actions = sampled.Actions;
        SendWorld(context);
    }

    private void SendWorld(IActorContext<EpisodeMessage> context)
    {
        _outstanding++;
        _clock.Start(Phase.World);
        _device.WorldModel.Tell(new SampleFuture(
            Spec(SamplingPhase.World),
            _actions!,
            _observation!,
            context.Adapt<Reply<FutureSampled>>(r => new EpisodeMessage.FutureReady(r))));
    }

    private void OnFuture(Reply<FutureSampled> reply, IActorContext<EpisodeMessage> context)
    {
        _clock.Stop(Phase.World);
        if (!Accept(reply, "sampling the future", () => SendWorld(context)))
            return;
        _future = reply.Value!;
        ReleaseObservation();
        DecodeFuture(context);
    }

    private SampleSpec Spec(SamplingPhase phase) =>
        new(Plan, _state!.Iteration, phase, new NoiseStream(_job.Noise, Plan.Seed, Plan.Id, _state.Iteration, phase));

    private void ReleaseObservation()
    {
        foreach (var handle in _observation?.Handles ?? [])
            _device.Store.Release(handle);
        _observation = null;
    }

    /// <summary>
    /// Books an answer. A failed request is made again with the same noise; one failure too many ends the episode, the
    /// others go on.
    /// </summary>
    /// <returns>True when there is a result.</returns>
    private bool Accept<T>(Reply<T> reply, string what, Action again)
        where T : class
    {
        _outstanding--;
        if (reply.Failure is not { } cause)
            return true;
        if (_ending is not null)
            return false;
        // Sequential noise cannot be drawn twice, and what the user must mend does not mend itself.
        if (_attempts >= _options.MaxRetries || _job.Noise.IsSequential || cause is RolloutException or SamplingException or Models.ConditioningException)
        {
            _ending = new RolloutException($"episode {Plan.Id}, iteration {_state!.Iteration}: {what} failed: {cause.Message}", cause);
            return false;
        }
        _attempts++;
        _observer.Retrying(Plan.Id, what, cause, _attempts);
        again();
        return false;
    }
}

using WorldModelActors.Engine;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>The critical path of an iteration: observation, actions, future.</summary>
internal sealed partial class EpisodeActor
{
    private bool _iterating;
    private int _attempt;
    private ObservationEmbedded? _observation;
    private float[]? _actions;
    private FutureSampled? _future;

    /// <summary>
    /// Begins the next iteration, unless the journal is too far behind: what is not committed must be held, to be made again after a failure.
    /// </summary>
    private void BeginIteration(IActorContext<EpisodeMessage> context)
    {
        if (_iterating || _ending is not null || _state!.IsComplete || run.Uncommitted.Count > _options.MaxIterationsInFlight)
            return;
        _iterating = true;
        _observer.IterationStarted(Plan.Id, _state.Iteration);
        _clock.StartIteration();
        _attempt = 0;
        Embed(context);
    }

    private void Embed(IActorContext<EpisodeMessage> context)
    {
        _clock.Start(Phase.Embed);
        run.Device.Embedder.Tell(new EmbedObservation(
            Plan.Id,
            _state!.Iteration,
            [.. _state.Images],
            [.. _state.States.SelectMany(s => s)],
            ReplyTo<ObservationEmbedded>(context, (id, reply) => new EpisodeAnswer.Embedded(run, id, reply)))
        {
            Owner = _owner,
        });
    }

    private void OnEmbedded(Reply<ObservationEmbedded> reply, IActorContext<EpisodeMessage> context)
    {
        _clock.Stop(Phase.Embed);
        if (!Accept(reply, "embedding the observation", _attempt++, () => Embed(context)))
            return;
        _observation = reply.Value!;
        foreach (var handle in _observation.Handles)
            Store.TakenOver(handle, context.Self.Path, nameof(ObservationEmbedded));
        _attempt = 0;
        if (_ending is null)
            SampleActions(context);
    }

    private void SampleActions(IActorContext<EpisodeMessage> context)
    {
        _clock.Start(Phase.Policy);
        run.Device.Policy.Tell(new SampleActions(
            Spec(SamplingPhase.Policy),
            _observation!,
            ReplyTo<ActionsSampled>(context, (id, reply) => new EpisodeAnswer.ActionsReady(run, id, reply))));
    }

    private void OnActions(Reply<ActionsSampled> reply, IActorContext<EpisodeMessage> context)
    {
        _clock.Stop(Phase.Policy);
        if (!Accept(reply, "sampling actions", _attempt++, () => SampleActions(context)))
            return;
        var sampled = reply.Value!;
        if (sampled.Latent is { } imagined)
        {
            Store.TakenOver(imagined, context.Self.Path, nameof(ActionsSampled));
            DecodePolicyVideo(imagined);
        }
        if (_ending is not null)
            return;
        _state!.ApplyActions(sampled.Actions);
        _actions = sampled.Actions;
        _attempt = 0;
        SampleFuture(context);
    }

    private void SampleFuture(IActorContext<EpisodeMessage> context)
    {
        _clock.Start(Phase.World);
        run.Device.WorldModel.Tell(new SampleFuture(
            Spec(SamplingPhase.World),
            _actions!,
            _observation!,
            ReplyTo<FutureSampled>(context, (id, reply) => new EpisodeAnswer.FutureReady(run, id, reply))));
    }

    private void OnFuture(Reply<FutureSampled> reply, IActorContext<EpisodeMessage> context)
    {
        _clock.Stop(Phase.World);
        if (!Accept(reply, "sampling the future", _attempt++, () => SampleFuture(context)))
            return;
        _future = reply.Value!;
        Store.TakenOver(_future.Latent, context.Self.Path, nameof(FutureSampled));
        ReleaseObservation();
    }

    /// <summary>The next observation is there: completes the iteration.</summary>
    private void Observe(IReadOnlyList<LatentHandle> frames, IActorContext<EpisodeMessage> context)
    {
        _clock.Stop(Phase.Decode);
        foreach (var frame in frames)
            Store.TakenOver(frame, context.Self.Path, nameof(FramesDecoded));
        var states = _future!.States;
        _future = null;
        var dropped = _state!.ApplyFuture(frames, states);
        // One image may have filled several slots under one reference.
        foreach (var image in dropped.Distinct().Where(d => !_state.Images.Contains(d)))
            Store.Release(image, _owner);
        run.Trajectory.Set((_state.Iteration - 1) * Plan.ExecuteSteps, _actions!, states, Plan.ExecuteSteps);
        run.Iterations = Math.Max(run.Iterations, _state.Iteration);
        run.Uncommitted.Enqueue(new EpisodeCheckpoint(
            Plan, _state, run.Trajectory, _policyFramesSampled, Store, run.Archive!.Value, context.Self.Path));
        _observer.IterationCompleted(Plan.Id, _state.Iteration - 1, _clock.EndIteration());
        _iterating = false;
    }

    private SampleSpec Spec(SamplingPhase phase) =>
        new(Plan, _state!.Iteration, phase, new NoiseStream(run.Job.Request.Noise, Plan.Seed, Plan.NoiseName ?? Plan.Id, _state.Iteration, phase)) { Owner = _owner };

    private void ReleaseObservation()
    {
        run.Release(_observation?.Handles);
        _observation = null;
    }
}

using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>
/// Runs one episode: observe, embed, sample actions, sample the future, decode, observe again. It holds the pure
/// <see cref="EpisodeState{TFrame}"/> and handles, never tensors.
/// <para>
/// Only the last observed frames of a prediction hold up the next iteration; the others are decoded and written behind its
/// sampling. <see cref="RolloutOptions.MaxIterationsInFlight"/> and <see cref="RolloutOptions.MaxFramesInFlight"/> bound how far writing
/// may fall behind.
/// </para>
/// <para>
/// Every message changes the state by what it says; then <see cref="Advance"/> does whatever has become possible. What must outlive a
/// failure of this actor is in its <see cref="EpisodeRun"/>.
/// </para>
/// </summary>
internal sealed partial class EpisodeActor(EpisodeRun run) : Actor<EpisodeMessage>
{
    private readonly RolloutOptions _options = run.Options;
    private readonly IRolloutObserver _observer = run.Observer;
    private readonly PhaseClock _clock = run.Clock;

    private EpisodeState<LatentHandle>? _state;
    private LatentOwner _owner;
    private IActorRef<VideoMessage>? _writer;
    private Exception? _ending;
    private bool _begun;
    private bool _finishing;
    private bool _concluded;

    private EpisodePlan Plan => run.Plan;

    private LatentStore Store => run.Device.Store;

    public override ValueTask PreStartAsync(IActorContext<EpisodeMessage> context)
    {
        context.Self.Tell(new EpisodeMessage.Begin());
        return ValueTask.CompletedTask;
    }

    public override ValueTask ReceiveAsync(EpisodeMessage message, IActorContext<EpisodeMessage> context)
    {
        switch (message)
        {
            case EpisodeMessage.Begin:
                _begun = true;
                break;
            case EpisodeMessage.Cancel:
                Cancel();
                break;
            case EpisodeMessage.WriterEnded(var cause):
                OnWriterEnded(cause, context);
                break;
            case EpisodeAnswer answer:
                Take(answer, context);
                break;
        }
        if (!_concluded)
            Advance(context);
        return ValueTask.CompletedTask;
    }

    public override ValueTask PreRestartAsync(ActorFailure<EpisodeMessage> failure, IActorContext<EpisodeMessage> context)
    {
        run.LeaveActor();
        run.CountRestart();
        return ValueTask.CompletedTask;
    }

    public override ValueTask PostStopAsync(IActorContext<EpisodeMessage> context)
    {
        if (!_concluded)
        {
            // Reached without a conclusion when this actor has failed too often, or the whole system stops.
            run.LeaveActor();
            run.EndWithoutActor();
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Books an answer. One that came twice, or to an actor that did not ask, is not wanted.</summary>
    private void Take(EpisodeAnswer answer, IActorContext<EpisodeMessage> context)
    {
        var expected = run.Requests.Answered(answer.Request);
        switch (answer)
        {
            // These two are the episode's, whichever actor asked.
            case EpisodeAnswer.Credited { Credit: { } credit } when expected && run.Credit is null:
                run.Credit = credit;
                break;
            case EpisodeAnswer.Committed { Failure: null } committed when expected:
                run.Commit(committed.Checkpoint);
                (_committing, _commitAttempt) = (false, 0);
                break;
            case not null when !expected || _state is null:
                answer.Discard();
                break;
            case EpisodeAnswer.Committed committed:
                OnCommitFailed(committed.Failure!);
                break;
            case EpisodeAnswer.Embedded embedded:
                OnEmbedded(embedded.Reply, context);
                break;
            case EpisodeAnswer.ActionsReady actions:
                OnActions(actions.Reply, context);
                break;
            case EpisodeAnswer.FutureReady future:
                OnFuture(future.Reply, context);
                break;
            case EpisodeAnswer.Decoded decoded:
                OnDecoded(decoded.Order, decoded.Reply, context);
                break;
            case EpisodeAnswer.Written written:
                OnWritten(written, context);
                break;
            case EpisodeAnswer.Finished finished:
                OnFinished(finished, context);
                break;
        }
    }

    /// <summary>Does what can be done now.</summary>
    private void Advance(IActorContext<EpisodeMessage> context)
    {
        if (_state is null && !TryStart(context))
            return;
        CommitNext(context);
        DecodeObserved(context);
        DecodeSegments(context);
        BeginIteration(context);
        EndIfDone(context);
    }

    /// <summary>
    /// Begins, where the last committed checkpoint stands: when nothing of an earlier actor is on its way any more, and with leave to fill
    /// the store.
    /// </summary>
    private bool TryStart(IActorContext<EpisodeMessage> context)
    {
        if (!_begun || run.Requests.Count > 0)
            return false;
        run.CloseOwner();
        if (!run.IsAnnounced)
            _observer.EpisodeStarted(Plan);
        run.IsAnnounced = true;
        if (run.Job.IsCancelled)
            Cancel();
        if (run.Credit is null)
        {
            if (_ending is not null)
                Conclude(context);
            else
                AskForCredit(context);
            return false;
        }
        (_state, _owner) = run.Restore(context.Self.Path);
        _framesWritten = run.Committed!.Frames;
        _policyFramesWritten = run.Committed.PolicyFrames;
        _policyFramesSampled = _policyFramesWritten;
        StartWriter(context);
        return true;
    }

    private void AskForCredit(IActorContext<EpisodeMessage> context)
    {
        var request = run.Requests.Open();
        var bytes = LatentFootprint.OfEpisode(run.Device.Options, Plan, _options.MaxIterationsInFlight);
        context.PipeToSelf(
            run.Device.Credits.AskAsync(bytes, run.Withdrawal.Token),
            credit => new EpisodeAnswer.Credited(run, request, credit, null),
            cause => new EpisodeAnswer.Credited(run, request, null, cause));
    }

    private void Cancel()
    {
        _ending ??= new OperationCanceledException("cancelled on request");
        run.Withdrawal.Cancel();
        run.Device.Denoiser.Tell(new CancelSamples(Plan.Id));
    }

    /// <summary>An address for the answer to a new request.</summary>
    private IActorRef<Reply<T>> ReplyTo<T>(IActorContext<EpisodeMessage> context, Func<long, Reply<T>, EpisodeAnswer> answer)
        where T : class => ReplyTo(context, run.Requests.Open(), answer);

    private static IActorRef<Reply<T>> ReplyTo<T>(IActorContext<EpisodeMessage> context, long request, Func<long, Reply<T>, EpisodeAnswer> answer)
        where T : class => context.Adapt<Reply<T>>(reply => answer(request, reply));

    /// <summary>
    /// Judges an answer. A failed request is made again with the same noise; one failure too many ends the episode, the
    /// others go on.
    /// </summary>
    /// <param name="reply">The answer.</param>
    /// <param name="what">What was asked for.</param>
    /// <param name="attempt">Times that it had failed before.</param>
    /// <param name="again">Asks again.</param>
    /// <returns>True when there is a result.</returns>
    private bool Accept<T>(Reply<T> reply, string what, int attempt, Action again)
        where T : class
    {
        if (reply.Failure is not { } cause)
            return true;
        if (_ending is not null)
            return false;
        if (attempt < _options.MaxRetries && MayMend(cause))
        {
            _observer.Retrying(Plan.Id, what, cause, attempt + 1);
            again();
            return false;
        }
        _ending = new RolloutException($"episode {Plan.Id}, iteration {_state!.Iteration}: {what} failed: {cause.Message}", cause);
        return false;
    }

    /// <summary>Sequential noise cannot be drawn twice, and what the user must mend does not mend itself.</summary>
    private bool MayMend(Exception cause) =>
        !run.Job.Request.Noise.IsSequential && cause is not (RolloutException or Sampling.SamplingException or Models.ConditioningException);
}

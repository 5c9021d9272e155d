using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>The writer's life, the journal, and the end of the episode.</summary>
internal sealed partial class EpisodeActor
{
    private bool _committing;
    private bool _journalBroken;

    /// <summary>Times that the commit in hand has failed.</summary>
    private int _commitAttempt;

    private void StartWriter(IActorContext<EpisodeMessage> context)
    {
        var restart = SupervisionStrategy.Restart(
            _options.MinRestartBackoff, _options.MaxRestartBackoff, _options.MaxRestarts, _options.RestartWindow, SupervisionDecision.Stop);
        var props = ActorProps.Create<VideoMessage>(() => new VideoWriterActor(Plan.Id, run.Job.Request.Sink, run.Tracks, run.Lane)) with
        {
            Supervision = restart,
            OnFailure = failure => VideoWriterActor.OnFailure(run.Tracks, failure),
        };
        _writer = context.Spawn(props.WithFaults(_options.Faults, ActorKind.VideoWriter), "video-writer");
        context.Watch(_writer, t => new EpisodeMessage.WriterEnded(t.Cause));
    }

    /// <summary>It was restarted too often. Frames that were on their way to it will not be acknowledged.</summary>
    private void OnWriterEnded(Exception? cause, IActorContext<EpisodeMessage> context)
    {
        _writer = null;
        _videoBroken = true;
        _ending ??= new RolloutException($"episode {Plan.Id}: the video writer ended: {cause?.Message ?? "stopped"}", cause ?? new InvalidOperationException());
        foreach (var write in run.Pictures.Requests.ToList())
            run.Requests.Answered(write);
        run.Pictures.DisposeAll();
        _framesInFlight = 0;
        if (_finishing && !_concluded)
            Conclude(context);
    }

    /// <summary>Hands the oldest checkpoint whose frames are all written to the journal, one at a time.</summary>
    private void CommitNext(IActorContext<EpisodeMessage> context)
    {
        while (!_committing && !_journalBroken && run.Uncommitted.TryPeek(out var next)
            && _framesWritten >= next.Frames && _policyFramesWritten >= next.PolicyFrames)
        {
            if (run.Job.Request.Journal is not { } journal)
            {
                run.Commit(next);
                continue;
            }
            _committing = true;
            var request = run.Requests.Open();
            var stopping = context.Stopping;
            // Elsewhere: reading the images and writing them somewhere may take its time.
            context.PipeToSelf(
                Task.Run(async () =>
                {
                    await journal.CommitAsync(next, stopping).ConfigureAwait(false);
                    return next;
                }),
                checkpoint => new EpisodeAnswer.Committed(run, request, checkpoint, null),
                cause => new EpisodeAnswer.Committed(run, request, next, cause));
        }
    }

    private void OnCommitFailed(Exception cause)
    {
        _committing = false;
        if (_commitAttempt++ < _options.MaxRetries && cause is not RolloutException)
        {
            _observer.Retrying(Plan.Id, "recording the iteration", cause, _commitAttempt);
            return;
        }
        _journalBroken = true;
        _ending ??= new RolloutException($"episode {Plan.Id}: recording an iteration failed: {cause.Message}", cause);
    }

    /// <summary>Everything asked for was answered and nothing more is to be asked: finish the video.</summary>
    private void EndIfDone(IActorContext<EpisodeMessage> context)
    {
        // Frames behind a gap wait at the writer until it is told that the gap stays.
        var waiting = run.Requests.Count - (_videoBroken ? run.Pictures.Orders : 0);
        if (_finishing || waiting > 0 || _segments.Count > 0 || (_ending is null && !_state!.IsComplete))
            return;
        _finishing = true;
        if (_writer is null)
            Conclude(context);
        else
            Finish(0, context);
    }

    private void Finish(int attempt, IActorContext<EpisodeMessage> context) =>
        _writer!.Tell(new FinishVideo(ReplyTo<VideoFinished>(context, (id, reply) => new EpisodeAnswer.Finished(run, id, attempt, reply))));

    private void OnFinished(EpisodeAnswer.Finished answer, IActorContext<EpisodeMessage> context)
    {
        if (answer.Reply.Failure is { } cause)
        {
            if (answer.Attempt < _options.MaxRetries && cause is not RolloutException && _writer is not null)
            {
                _observer.Retrying(Plan.Id, "finishing the video", cause, answer.Attempt + 1);
                Finish(answer.Attempt + 1, context);
                return;
            }
            _ending ??= new RolloutException($"episode {Plan.Id}: {cause.Message}", cause);
        }
        Conclude(context);
    }

    private void Conclude(IActorContext<EpisodeMessage> context)
    {
        _concluded = true;
        ReleaseObservation();
        if (_future is { } future)
            Store.Release(future.Latent);
        foreach (var image in _state?.Images.Distinct() ?? [])
            Store.Release(image, _owner);
        var status = _ending switch
        {
            null => EpisodeStatus.Completed,
            OperationCanceledException => EpisodeStatus.Cancelled,
            _ => EpisodeStatus.Failed,
        };
        run.End(status, _ending?.Message, leaksCount: true);
        context.StopSelf();
    }
}

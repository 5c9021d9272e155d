using WorldModelActors.Engine;
using WorldModelActors.Media;

namespace WorldModelActors.Rollout;

/// <summary>
/// What of a running episode outlives the actor that runs it: the committed checkpoint, what is in the video, the requests that were not
/// answered, the credit. An actor that fails is followed by a new one, which begins when the requests of the dead one are answered, so
/// that there are never two at work on the same episode.
/// </summary>
internal sealed class EpisodeRun
{
    private ActorFailure<EpisodeMessage>? _failure;

    public EpisodeRun(EpisodeJob job, DeviceActors device, ModelShape shape, RolloutOptions options, IRolloutObserver observer, TimeProvider time)
    {
        (Job, Device, Shape, Options, Observer) = (job, device, shape, options, observer);
        Clock = new PhaseClock(time);
        Lane = new LaneRecorder(observer, time, device.Store.Name);
        Trajectory = new EpisodeTrajectory(shape.PaddedDim);
        var resume = job.Request.Resume;
        Tracks = new VideoTracks(resume?.Frames ?? 0, resume?.PolicyFrames ?? 0);
        if (resume is not null)
            Trajectory.Set(0, resume.TrajectoryActions, resume.TrajectoryStates, resume.Frames);
    }

    public EpisodeJob Job { get; }

    public DeviceActors Device { get; }

    public ModelShape Shape { get; }

    public RolloutOptions Options { get; }

    public IRolloutObserver Observer { get; }

    public EpisodePlan Plan => Job.Plan;

    public PhaseClock Clock { get; }

    public LaneRecorder Lane { get; }

    public EpisodeTrajectory Trajectory { get; }

    public VideoTracks Tracks { get; }

    public PicturesInFlight Pictures { get; } = new();

    public OutstandingRequests Requests { get; } = new();

    /// <summary>Leave to fill the store; null until it is granted.</summary>
    public LatentCredit? Credit { get; set; }

    /// <summary>Withdraws the question for credit.</summary>
    public CancellationTokenSource Withdrawal { get; } = new();

    /// <summary>Who holds what the present actor works with.</summary>
    public LatentOwner? Owner { get; private set; }

    /// <summary>Who holds the images of checkpoints.</summary>
    public LatentOwner? Archive { get; private set; }

    /// <summary>Where an actor that is started anew begins; null before the first observation is on the device.</summary>
    public EpisodeCheckpoint? Committed { get; private set; }

    /// <summary>Checkpoints after it, oldest first.</summary>
    public Queue<EpisodeCheckpoint> Uncommitted { get; } = new();

    public int FramesDecoded { get; set; }

    /// <summary>Iterations completed, by whichever actor.</summary>
    public int Iterations { get; set; }

    public int Restarts { get; private set; }

    /// <summary>True once the episode was announced.</summary>
    public bool IsAnnounced { get; set; }

    /// <summary>Gives handles back.</summary>
    public void Release(IEnumerable<LatentHandle>? handles)
    {
        foreach (var handle in handles ?? [])
            Device.Store.Release(handle);
    }

    /// <summary>The loop where it is to go on, held by a new owner.</summary>
    /// <param name="self">The actor that goes on.</param>
    public (EpisodeState<LatentHandle> State, LatentOwner Owner) Restore(ActorPath self)
    {
        while (Uncommitted.TryDequeue(out var lost))
            lost.Release();
        var owner = Device.Store.OpenOwner(Plan.Id);
        Owner = owner;
        if (Committed is null)
        {
            Archive ??= Device.Store.OpenOwner(Plan.Id);
            var first = FirstState(self, owner);
            Committed = new EpisodeCheckpoint(Plan, first, Trajectory, Job.Request.Resume?.PolicyFrames ?? 0, Device.Store, Archive.Value, self);
            Iterations = first.Iteration;
            return (first, owner);
        }
        return (Committed.Restore(owner, self), owner);
    }

    /// <summary>A checkpoint is safe: it takes the place of the one before.</summary>
    public void Commit(EpisodeCheckpoint checkpoint)
    {
        if (!Uncommitted.TryPeek(out var next) || next != checkpoint)
            return;
        Uncommitted.Dequeue();
        Committed?.Release();
        Committed = checkpoint;
    }

    /// <summary>Supervision has seen the actor fail.</summary>
    public void OnFailure(ActorFailure<EpisodeMessage> failure) => _failure = failure;

    /// <summary>
    /// The failed actor and its writer run no more: drops what was on its way through them and asks the device to drop the rest.
    /// </summary>
    public void LeaveActor()
    {
        if (_failure is { Message: EpisodeAnswer inHand })
            Undeliverable(inHand);
        Tracks.Clear();
        foreach (var write in Pictures.Requests.ToList())
            Requests.Answered(write);
        Pictures.DisposeAll();
        Clock.Abandon();
        Device.Denoiser.Tell(new CancelSamples(Plan.Id));
    }

    /// <summary>A new actor will follow.</summary>
    public void CountRestart()
    {
        Restarts++;
        Observer.EpisodeRestarting(Plan.Id, Committed?.Iteration ?? 0, _failure!.Cause);
        _failure = null;
    }

    /// <summary>Releases what the dead actor held; its requests are answered.</summary>
    public IReadOnlyList<LatentOrigin> CloseOwner()
    {
        if (Owner is not { } owner)
            return [];
        Owner = null;
        return Device.Store.CloseOwner(owner);
    }

    /// <summary>An answer that no actor took.</summary>
    public void Undeliverable(EpisodeAnswer answer)
    {
        answer.Discard();
        Requests.Answered(answer.Request);
    }

    /// <summary>
    /// Ends an episode whose actor is gone: with its cause where it failed too often, otherwise (the node is stopping) as cancelled.
    /// </summary>
    public void EndWithoutActor()
    {
        if (_failure is not { Decision: not SupervisionDecision.Restart } failure)
        {
            Job.Result.TrySetCanceled();
            Close();
            return;
        }
        var often = Restarts > 0 ? $" (after {Restarts} restarts)" : "";
        var cause = failure.Cause is RolloutException ? failure.Cause.Message : $"episode {Plan.Id} failed{often}: {failure.Cause.Message}";
        // The device may still compute with what was lent to it.
        Requests.WhenNone(() => End(EpisodeStatus.Failed, cause, leaksCount: false));
    }

    /// <summary>Gives everything back and tells the result.</summary>
    /// <param name="status">How it ended.</param>
    /// <param name="cause">Why it failed; null otherwise.</param>
    /// <param name="leaksCount">What is still held was forgotten by somebody, not left by an actor that died.</param>
    public void End(EpisodeStatus status, string? cause, bool leaksCount)
    {
        var frames = Tracks.Written(FrameTrack.World);
        var (actions, states) = Trajectory.Read(0, frames);
        var held = Close();
        var result = new EpisodeResult(Plan.Id, status, Iterations, frames, FramesDecoded, actions, states, Clock.Total, Clock.Elapsed, cause)
        {
            Restarts = Restarts,
            Leaks = leaksCount ? held : [],
            Device = Device.Store.Name,
        };
        if (result.Leaks.Count > 0)
            Observer.HandlesLeaked(Plan.Id, result.Leaks);
        Observer.EpisodeEnded(result);
        Job.Result.TrySetResult(result);
    }

    private IReadOnlyList<LatentOrigin> Close()
    {
        while (Uncommitted.TryDequeue(out var lost))
            lost.Release();
        Committed?.Release();
        Committed = null;
        List<LatentOrigin> held = [.. CloseOwner()];
        if (Archive is { } archive)
            held.AddRange(Device.Store.CloseOwner(archive));
        Archive = null;
        Credit?.Dispose();
        Credit = null;
        return held;
    }

    private EpisodeState<LatentHandle> FirstState(ActorPath self, LatentOwner owner)
    {
        long[] shape = [3, Shape.ImageHeight, Shape.ImageWidth];
        if (Job.Request.Resume is not { } resume)
        {
            var first = Device.Store.Put(Job.Request.Start.Image.Span, shape, new LatentOrigin(owner, self, "first observation"));
            return new EpisodeState<LatentHandle>(Plan, Shape.ObservationSteps, Shape.Horizon, Shape.PaddedDim, first, Job.Request.Start.State.Span);
        }
        var images = resume.Images.Chunk(Shape.ImageValues)
            .Select((values, i) => Device.Store.Put(values, shape, new LatentOrigin(owner, self, $"observation {i} of iteration {resume.Iteration}")));
        return new EpisodeState<LatentHandle>(
            Plan, resume.Iteration, [.. images], [.. resume.States.Chunk(Shape.PaddedDim)], [.. resume.Actions.Chunk(Shape.PaddedDim)]);
    }
}

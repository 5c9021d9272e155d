using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>
/// Parent of the episodes: places each on the device that has the fewest, where it stays. An episode that fails is started anew from its last
/// committed iteration; one that keeps failing ends alone.
/// </summary>
internal sealed class EpisodeGroup(NodeSetup setup, Task<IReadOnlyList<DeviceActors>> ready) : Actor<NodeMessage>
{
    private readonly Dictionary<string, Placed> _running = [];

    public override async ValueTask ReceiveAsync(NodeMessage message, IActorContext<NodeMessage> context)
    {
        switch (message)
        {
            case NodeMessage.Run(var job):
                Run(job, await ready, context);
                break;
            case NodeMessage.Cancel(var job):
                job.Cancel();
                // One that is still to come sees it when it begins.
                if (_running.TryGetValue(job.Plan.Id, out var placed) && ReferenceEquals(placed.Job, job))
                    placed.Actor.Tell(new EpisodeMessage.Cancel());
                break;
            case NodeMessage.Ended(var id):
                if (_running.Remove(id, out var ended) && ended.Next is { } next)
                    Run(next, await ready, context);
                break;
        }
    }

    private void Run(EpisodeJob job, IReadOnlyList<DeviceActors> devices, IActorContext<NodeMessage> context)
    {
        var id = job.Plan.Id;
        if (_running.TryGetValue(id, out var before))
        {
            // Whoever has the result of an episode may run it again at once; its actor may not be quite gone.
            if (before.Job.Result.Task.IsCompleted && before.Next is null)
                before.Next = job;
            else
                job.Result.TrySetException(new RolloutException($"episode {id} is running already"));
            return;
        }
        var device = devices.MinBy(d => _running.Values.Count(p => p.Device == d))!;
        var run = new EpisodeRun(job, device, setup.Shape, setup.Options, setup.Observer, context.System.Time);
        var props = ActorProps.Create<EpisodeMessage>(() => new EpisodeActor(run)) with
        {
            Supervision = Supervision(job),
            OnFailure = run.OnFailure,
        };
        var episode = context.Spawn(props.WithFaults(setup.Options.Faults, ActorKind.Episode), ActorName(id));
        _running.Add(id, new Placed(job, device, episode));
        context.Watch(episode, _ => new NodeMessage.Ended(id));
    }

    private SupervisionStrategy Supervision(EpisodeJob job)
    {
        var options = setup.Options;
        var restart = SupervisionStrategy.Restart(
            options.MinRestartBackoff, options.MaxRestartBackoff, options.MaxRestarts, options.RestartWindow, SupervisionDecision.Stop);
        // What the user must mend does not mend itself, and sequential noise cannot be drawn twice.
        return restart with
        {
            Decide = cause => cause is RolloutException || job.Request.Noise.IsSequential ? SupervisionDecision.Stop : SupervisionDecision.Restart,
        };
    }

    /// <summary>Ids are free text; names are not.</summary>
    private static string ActorName(string id) =>
        string.Concat(id.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c.ToString() : $"={(int)c:X2}"));

    private sealed record Placed(EpisodeJob Job, DeviceActors Device, IActorRef<EpisodeMessage> Actor)
    {
        /// <summary>The episode that takes its name when it is gone.</summary>
        public EpisodeJob? Next { get; set; }
    }
}

using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>What the actor at the top is told.</summary>
internal abstract record NodeMessage
{
    public sealed record Run(EpisodeJob Job) : NodeMessage;

    public sealed record Cancel(EpisodeJob Job) : NodeMessage;

    public sealed record Ended(string Episode) : NodeMessage;
}

/// <summary>Top of the tree: /node with /node/device/0/... and /node/episode/&lt;id&gt;.</summary>
internal sealed class NodeActor(
    ModelShape shape, SynthesisRuntime runtime, RolloutOptions options, IRolloutObserver observer, TaskCompletionSource<DeviceActors> ready) : Actor<NodeMessage>
{
    private IActorRef<NodeMessage>? _episodes;

    public override ValueTask PreStartAsync(IActorContext<NodeMessage> context)
    {
        context.Spawn(ActorProps.Create<DeviceActor.Nothing>(() => new DeviceGroup(runtime, options, observer, ready)), "device");
        _episodes = context.Spawn(ActorProps.Create<NodeMessage>(() => new EpisodeGroup(shape, options, observer, ready.Task)), "episode");
        return ValueTask.CompletedTask;
    }

    public override ValueTask ReceiveAsync(NodeMessage message, IActorContext<NodeMessage> context)
    {
        _episodes!.Tell(message);
        return ValueTask.CompletedTask;
    }

    private sealed class DeviceGroup(
        SynthesisRuntime runtime, RolloutOptions options, IRolloutObserver observer, TaskCompletionSource<DeviceActors> ready) : Actor<DeviceActor.Nothing>
    {
        public override ValueTask PreStartAsync(IActorContext<DeviceActor.Nothing> context)
        {
            context.Spawn(ActorProps.Create<DeviceActor.Nothing>(() => new DeviceActor(runtime, options, observer, ready)), "0");
            return ValueTask.CompletedTask;
        }

        public override ValueTask ReceiveAsync(DeviceActor.Nothing message, IActorContext<DeviceActor.Nothing> context) => ValueTask.CompletedTask;
    }

    /// <summary>Parent of the episodes: a failed one ends alone.</summary>
    private sealed class EpisodeGroup(ModelShape shape, RolloutOptions options, IRolloutObserver observer, Task<DeviceActors> ready) : Actor<NodeMessage>
    {
        private readonly Dictionary<string, IActorRef<EpisodeMessage>> _running = [];

        public override async ValueTask ReceiveAsync(NodeMessage message, IActorContext<NodeMessage> context)
        {
            switch (message)
            {
                case NodeMessage.Run(var job):
                    Run(job, await ready, context);
                    break;
                case NodeMessage.Cancel(var job) when _running.TryGetValue(job.Plan.Id, out var episode):
                    episode.Tell(new EpisodeMessage.Cancel());
                    break;
                case NodeMessage.Cancel(var job):
                    job.Result.TrySetCanceled();
                    break;
                case NodeMessage.Ended(var id):
                    _running.Remove(id);
                    break;
            }
        }

        private void Run(EpisodeJob job, DeviceActors device, IActorContext<NodeMessage> context)
        {
            var id = job.Plan.Id;
            if (_running.ContainsKey(id))
            {
                job.Result.TrySetException(new RolloutException($"episode {id} is running already"));
                return;
            }
            if (job.Result.Task.IsCompleted)
                return;
            var episode = context.Spawn(
                ActorProps.Create<EpisodeMessage>(() => new EpisodeActor(job, device, shape, options, observer, context.System.Time)) with
                {
                    Supervision = SupervisionStrategy.Stop,
                    OnFailure = failure => EpisodeActor.OnFailure(job, failure),
                },
                ActorName(id));
            _running.Add(id, episode);
            context.Watch(episode, _ => new NodeMessage.Ended(id));
            episode.Tell(new EpisodeMessage.Begin());
        }

        /// <summary>Ids are free text; names are not.</summary>
        private static string ActorName(string id) =>
            string.Concat(id.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c.ToString() : $"={(int)c:X2}"));
    }
}

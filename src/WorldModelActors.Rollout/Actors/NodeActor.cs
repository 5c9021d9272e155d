using System.Globalization;
using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>What the actor at the top is told.</summary>
internal abstract record NodeMessage
{
    public sealed record Run(EpisodeJob Job) : NodeMessage;

    public sealed record Cancel(EpisodeJob Job) : NodeMessage;

    public sealed record Ended(string Episode) : NodeMessage;
}

/// <summary>What a node runs.</summary>
/// <param name="Shape">Sizes of its models.</param>
/// <param name="Devices">Its devices.</param>
/// <param name="Options">How it runs.</param>
/// <param name="Observer">Sees what happens.</param>
internal sealed record NodeSetup(ModelShape Shape, IReadOnlyList<DeviceSetup> Devices, RolloutOptions Options, IRolloutObserver Observer);

/// <summary>Top of the tree: /node with /node/device/&lt;n&gt;/... and /node/episode/&lt;id&gt;.</summary>
internal sealed class NodeActor(NodeSetup setup, TaskCompletionSource<IReadOnlyList<DeviceActors>> ready) : Actor<NodeMessage>
{
    private IActorRef<NodeMessage>? _episodes;

    public override ValueTask PreStartAsync(IActorContext<NodeMessage> context)
    {
        context.Spawn(ActorProps.Create<DeviceActor.Nothing>(() => new DeviceGroup(setup, ready)), "device");
        _episodes = context.Spawn(ActorProps.Create<NodeMessage>(() => new EpisodeGroup(setup, ready.Task)), "episode");
        return ValueTask.CompletedTask;
    }

    public override ValueTask ReceiveAsync(NodeMessage message, IActorContext<NodeMessage> context)
    {
        _episodes!.Tell(message);
        return ValueTask.CompletedTask;
    }

    private sealed class DeviceGroup(NodeSetup setup, TaskCompletionSource<IReadOnlyList<DeviceActors>> ready) : Actor<DeviceActor.Nothing>
    {
        public override ValueTask PreStartAsync(IActorContext<DeviceActor.Nothing> context)
        {
            var actors = setup.Devices.Select(_ => new TaskCompletionSource<DeviceActors>(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
            for (var n = 0; n < setup.Devices.Count; n++)
            {
                var (device, started) = (setup.Devices[n], actors[n]);
                context.Spawn(
                    ActorProps.Create<DeviceActor.Nothing>(() => new DeviceActor(device, setup.Options, setup.Observer, started)),
                    n.ToString(CultureInfo.InvariantCulture));
            }
            _ = ReportAsync(actors);
            return ValueTask.CompletedTask;
        }

        public override ValueTask ReceiveAsync(DeviceActor.Nothing message, IActorContext<DeviceActor.Nothing> context) => ValueTask.CompletedTask;

        private async Task ReportAsync(TaskCompletionSource<DeviceActors>[] actors) =>
            ready.TrySetResult(await Task.WhenAll(actors.Select(a => a.Task)).ConfigureAwait(false));
    }
}

using WorldModelActors.Engine;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>
/// Runs episodes on one device: the tree of actors around a <see cref="WorldModel"/>. Several episodes may run at once; they
/// share the device actors.
/// </summary>
public sealed class RolloutNode : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private readonly SynthesisRuntime _runtime;
    private readonly IActorRef<NodeMessage> _node;
    private readonly ModelShape _shape;

    private RolloutNode(ActorSystem system, SynthesisRuntime runtime, IActorRef<NodeMessage> node, ModelShape shape)
    {
        _system = system;
        _runtime = runtime;
        _node = node;
        _shape = shape;
    }

    /// <summary>The device's latent store.</summary>
    public LatentStore Store => _runtime.Store;

    /// <summary>Starts the tree.</summary>
    /// <param name="engine">What runs the actors.</param>
    /// <param name="model">The model; stays the caller's and must outlive the node.</param>
    /// <param name="options">How the node runs.</param>
    /// <param name="observer">Sees progress; null for none.</param>
    /// <param name="system">Clock, name and observers of the actor system; null for defaults.</param>
    public static async Task<RolloutNode> StartAsync(
        IActorEngine engine, WorldModel model, RolloutOptions? options = null, IRolloutObserver? observer = null, ActorSystemOptions? system = null)
    {
        options ??= new RolloutOptions();
        observer ??= NoObserver.Instance;
        var shape = SynthesisRuntime.ShapeOf(model.Options);
        var runtime = new SynthesisRuntime(model, new LatentStore(model.Device, options.LatentStoreBytes));
        var actors = engine.Start(system ?? new ActorSystemOptions());
        var ready = new TaskCompletionSource<DeviceActors>(TaskCreationOptions.RunContinuationsAsynchronously);
        var node = actors.Spawn(
            ActorProps.Create<NodeMessage>(() => new NodeActor(shape, runtime, options, observer, ready)), "node");
        var first = await Task.WhenAny(ready.Task, actors.WhenTerminated).ConfigureAwait(false);
        await first.ConfigureAwait(false);
        return new RolloutNode(actors, runtime, node, shape);
    }

    /// <summary>
    /// Runs an episode to its end. Cancelling stops it between two denoising steps; frames that were sampled are still decoded
    /// and written, and the result says <see cref="EpisodeStatus.Cancelled"/>.
    /// </summary>
    /// <param name="plan">What to run.</param>
    /// <param name="start">The first observation.</param>
    /// <param name="noise">Where noise comes from.</param>
    /// <param name="sink">Takes the frames; taken over and disposed.</param>
    /// <param name="cancellationToken">Stops the episode.</param>
    /// <exception cref="RolloutException">The plan cannot be run, or the node failed.</exception>
    public async Task<EpisodeResult> RunAsync(
        EpisodePlan plan, EpisodeStart start, INoiseSource noise, IFrameSink sink, CancellationToken cancellationToken = default)
    {
        using var owned = sink;
        plan.Validate(_shape.Frames);
        if (start.Image.Length != 3 * _shape.ImageHeight * _shape.ImageWidth)
            throw new RolloutException($"episode {plan.Id}: the first image has {start.Image.Length} values, the model takes 3 x {_shape.ImageHeight} x {_shape.ImageWidth}");
        var job = new EpisodeJob(plan, start, noise, sink);
        _node.Tell(new NodeMessage.Run(job));
        using var registration = cancellationToken.Register(() => _node.Tell(new NodeMessage.Cancel(job)));
        var ended = await Task.WhenAny(job.Result.Task, _system.WhenTerminated).ConfigureAwait(false);
        if (ended != job.Result.Task)
        {
            // The tree is gone; with it whatever the episode was waiting for.
            await ended.ConfigureAwait(false);
            throw new RolloutException($"episode {plan.Id}: the node was stopped");
        }
        return await job.Result.Task.ConfigureAwait(false);
    }

    /// <summary>Stops the tree and frees what it held; the model stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync().ConfigureAwait(false);
        _runtime.Dispose();
    }

    private sealed class NoObserver : IRolloutObserver
    {
        internal static readonly NoObserver Instance = new();
    }
}

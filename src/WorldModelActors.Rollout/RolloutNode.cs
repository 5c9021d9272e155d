using WorldModelActors.Engine;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>
/// Runs episodes on one or several devices: the tree of actors around a <see cref="WorldModel"/> on each. Several episodes may run at
/// once; each is placed on the device that has the fewest and shares that device's actors with the others there.
/// </summary>
public sealed class RolloutNode : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private readonly NodeSetup _setup;
    private readonly IActorRef<NodeMessage> _node;
    private readonly LiveActors _actors;

    private RolloutNode(ActorSystem system, NodeSetup setup, IActorRef<NodeMessage> node, LiveActors actors)
    {
        _system = system;
        _setup = setup;
        _node = node;
        _actors = actors;
        Stores = [.. setup.Devices.Select(d => d.Runtime.Store)];
    }

    /// <summary>The first device's latent store.</summary>
    public LatentStore Store => Stores[0];

    /// <summary>The devices' latent stores.</summary>
    public IReadOnlyList<LatentStore> Stores { get; }

    /// <summary>Starts a tree with one device.</summary>
    /// <param name="engine">What runs the actors.</param>
    /// <param name="model">The model; stays the caller's and must outlive the node.</param>
    /// <param name="options">How the node runs.</param>
    /// <param name="observer">Sees progress; null for none.</param>
    /// <param name="system">Clock, name and observers of the actor system; null for defaults.</param>
    public static Task<RolloutNode> StartAsync(
        IActorEngine engine, WorldModel model, RolloutOptions? options = null, IRolloutObserver? observer = null, ActorSystemOptions? system = null) =>
        StartAsync(engine, [new RolloutDevice(model.Device.ToString(), model)], options, observer, system);

    /// <summary>Starts a tree with several devices, each with a model of its own.</summary>
    /// <param name="engine">What runs the actors.</param>
    /// <param name="devices">Devices and models; the models have the same sizes.</param>
    /// <param name="options">How the node runs.</param>
    /// <param name="observer">Sees progress; null for none.</param>
    /// <param name="system">Clock, name and observers of the actor system; null for defaults.</param>
    /// <exception cref="RolloutException">There is no device, two have one name, or their models differ in size.</exception>
    public static async Task<RolloutNode> StartAsync(
        IActorEngine engine,
        IReadOnlyList<RolloutDevice> devices,
        RolloutOptions? options = null,
        IRolloutObserver? observer = null,
        ActorSystemOptions? system = null)
    {
        options ??= new RolloutOptions();
        system ??= new ActorSystemOptions();
        var shape = ShapeOf(devices);
        observer ??= NoObserver.Instance;
        var setups = devices.Select((d, n) => Setup(d, n, options, observer, system.Time)).ToArray();
        var setup = new NodeSetup(shape, setups, options, observer);
        var live = new LiveActors();
        var actors = engine.Start(system with { Events = [.. system.Events, live, new UndeliveredAnswers()] });
        var ready = new TaskCompletionSource<IReadOnlyList<DeviceActors>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var node = actors.Spawn(ActorProps.Create<NodeMessage>(() => new NodeActor(setup, ready)), "node");
        var first = await Task.WhenAny(ready.Task, actors.WhenTerminated).ConfigureAwait(false);
        await first.ConfigureAwait(false);
        return new RolloutNode(actors, setup, node, live);
    }

    /// <summary>Runs an episode from its first observation to its end; see <see cref="RunAsync(EpisodeRequest, CancellationToken)"/>.</summary>
    /// <param name="plan">What to run.</param>
    /// <param name="start">The first observation.</param>
    /// <param name="noise">Where noise comes from.</param>
    /// <param name="sink">Takes the frames; taken over and disposed.</param>
    /// <param name="cancellationToken">Stops the episode.</param>
    /// <exception cref="RolloutException">The plan cannot be run, or the node was stopped meanwhile.</exception>
    /// <exception cref="ActorSystemFailedException">A device actor kept failing, which has ended the node.</exception>
    public Task<EpisodeResult> RunAsync(
        EpisodePlan plan, EpisodeStart start, INoiseSource noise, IFrameSink sink, CancellationToken cancellationToken = default) =>
        RunAsync(new EpisodeRequest(plan, start, noise, sink), cancellationToken);

    /// <summary>
    /// Runs an episode to its end. Cancelling stops it between two denoising steps; frames that were sampled are still decoded
    /// and written, and the result says <see cref="EpisodeStatus.Cancelled"/>.
    /// </summary>
    /// <param name="request">What to run and with what; its sink is taken over and disposed.</param>
    /// <param name="cancellationToken">Stops the episode.</param>
    /// <exception cref="RolloutException">It cannot be run, or the node was stopped meanwhile.</exception>
    /// <exception cref="ActorSystemFailedException">A device actor kept failing, which has ended the node.</exception>
    public async Task<EpisodeResult> RunAsync(EpisodeRequest request, CancellationToken cancellationToken = default)
    {
        using var owned = request.Sink;
        request.Validate(_setup.Shape);
        var job = new EpisodeJob(request);
        _node.Tell(new NodeMessage.Run(job));
        using var registration = cancellationToken.Register(() => _node.Tell(new NodeMessage.Cancel(job)));
        await Task.WhenAny(job.Result.Task, _system.WhenTerminated).ConfigureAwait(false);
        if (job.Result.Task is { IsCompleted: true, IsCanceled: false })
            return await job.Result.Task.ConfigureAwait(false);
        // The tree is gone or about to go; with it whatever the episode was waiting for. Its failure, if any, is the cause.
        try
        {
            await _system.WhenTerminated.WaitAsync(_setup.Options.StopTimeout, _system.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Something hangs: whoever disposes the node is told what.
        }
        throw new RolloutException($"episode {request.Plan.Id}: the node was stopped");
    }

    /// <summary>Stops the tree and frees what it held; the models stay.</summary>
    /// <exception cref="RolloutException">
    /// Actors have not stopped within <see cref="RolloutOptions.StopTimeout"/>; they may still use the models.
    /// </exception>
    public async ValueTask DisposeAsync()
    {
        var stopped = _system.StopAsync();
        try
        {
            await stopped.WaitAsync(_setup.Options.StopTimeout, _system.Time).ConfigureAwait(false);
        }
        catch (TimeoutException cause)
        {
            throw new RolloutException(
                $"after {_setup.Options.StopTimeout.TotalSeconds:0.###} s these actors have not stopped: {string.Join(", ", _actors.Busy())}", cause);
        }
        foreach (var device in _setup.Devices)
        {
            try
            {
                device.Runtime.Dispose();
                device.Runtime.FreeCachedMemory();
            }
            catch (TorchException)
            {
                // The device is lost: there is nothing to give back to it.
            }
        }
    }

    private static DeviceSetup Setup(RolloutDevice device, int number, RolloutOptions options, IRolloutObserver observer, TimeProvider time)
    {
        var store = new LatentStore(device.Model.Device, options.LatentStoreBytes, options.LatentHostBytes, device.Name, time);
        Action<string>? graphsFailed = options.CudaGraphs ? what => observer.Degraded(device.Name, what) : null;
        return new DeviceSetup(new SynthesisRuntime(device.Model, store, number, graphsFailed), device.Model.Options, new LatentCredits(store.Capacity));
    }

    private static ModelShape ShapeOf(IReadOnlyList<RolloutDevice> devices)
    {
        if (devices.Count == 0)
            throw new RolloutException("no device to run on");
        var shape = SynthesisRuntime.ShapeOf(devices[0].Model.Options);
        foreach (var device in devices)
        {
            if (SynthesisRuntime.ShapeOf(device.Model.Options) != shape)
                throw new RolloutException($"the models on {devices[0].Name} and {device.Name} have different sizes");
            if (devices.Count(d => d.Name == device.Name) > 1)
                throw new RolloutException($"the device {device.Name} is there twice");
        }
        return shape;
    }

    private sealed class NoObserver : IRolloutObserver
    {
        internal static readonly NoObserver Instance = new();
    }
}

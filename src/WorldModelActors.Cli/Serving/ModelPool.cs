using WorldModelActors.Engine;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Settings;
using WorldModelActors.Telemetry;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Cli;

/// <summary>
/// The models that a node's episodes need, each on every device with actors around it. They are loaded when an episode asks, shared, and
/// kept for a while when none needs them.
/// </summary>
/// <param name="engine">What runs the actors: the node's choice, whatever episodes say.</param>
/// <param name="devices">The node's devices.</param>
/// <param name="kept">Models that stay though unused.</param>
/// <param name="telemetry">Watches the actors.</param>
/// <param name="recorders">Hear of iterations.</param>
/// <param name="note">Told what is loaded.</param>
internal sealed class ModelPool(
    IActorEngine engine, IReadOnlyList<Device> devices, int kept, RunTelemetry telemetry, RecorderGroup recorders, Action<string> note) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly List<PooledModel> _models = [];

    /// <summary>Lends the model of an episode; loads it where it is not there. Disposing gives it back.</summary>
    public async Task<ModelLoan> BorrowAsync(WmaSettings settings, CancellationToken stop)
    {
        await _gate.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            var key = (settings.Model, settings.Device.Dtype);
            var model = _models.Find(m => m.Key == key && !m.IsBroken);
            if (model is null)
            {
                // Makes room first: two models at a time may not fit into a device.
                await EvictAsync(kept - 1).ConfigureAwait(false);
                model = await LoadAsync(settings).ConfigureAwait(false);
                _models.Add(model);
            }

            model.Users++;
            return new ModelLoan(model, ReturnAsync);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var model in _models)
        {
            await model.DisposeAsync().ConfigureAwait(false);
        }

        _gate.Dispose();
    }

    private async ValueTask ReturnAsync(PooledModel model)
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            model.Users--;
            await EvictAsync(kept).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Lets go of unused models, the oldest first, and of broken ones.</summary>
    private async Task EvictAsync(int most)
    {
        foreach (var model in _models.Where(m => m.Users == 0).ToList())
        {
            if (model.IsBroken || _models.Count > most)
            {
                _models.Remove(model);
                await model.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<PooledModel> LoadAsync(WmaSettings settings)
    {
        var configuration = ModelConfiguration.Load(settings.Model.Path ?? throw new UsageException("the episode names no model"));
        var models = ModelSet.Load(settings, configuration, devices);
        try
        {
            note(models.Describe());
            var node = await RolloutNode.StartAsync(
                engine,
                [.. models.Models.Select(model => new RolloutDevice(model.Device.ToString(), model))],
                settings.ToRolloutOptions(),
                new ObserverGroup([telemetry.Observer, recorders]),
                new ActorSystemOptions { Events = telemetry.Events }).ConfigureAwait(false);
            telemetry.Watch(node);
            return new PooledModel((settings.Model, settings.Device.Dtype), models, node);
        }
        catch
        {
            models.Dispose();
            throw;
        }
    }
}

/// <summary>A model of the pool.</summary>
/// <param name="Key">Which.</param>
/// <param name="Models">It, on every device.</param>
/// <param name="Node">Its actors.</param>
internal sealed record PooledModel((ModelSettings Model, DtypeChoice Dtype) Key, ModelSet Models, RolloutNode Node) : IAsyncDisposable
{
    /// <summary>Episodes that use it.</summary>
    public int Users { get; set; }

    /// <summary>Its actors have ended with a failure: nobody else gets it.</summary>
    public bool IsBroken { get; set; }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Node.DisposeAsync().ConfigureAwait(false);
        }
        catch (RolloutException) when (IsBroken)
        {
            // Its actors hang; they may still use the models, which therefore stay.
            return;
        }

        Models.Dispose();
    }
}

/// <summary>A model that an episode has borrowed.</summary>
internal sealed class ModelLoan(PooledModel model, Func<PooledModel, ValueTask> giveBack) : IAsyncDisposable
{
    public RolloutNode Node => model.Node;

    public LoadedModel Model => model.Models.First;

    /// <summary>Its actors are gone: the next episode gets new ones.</summary>
    public void Break() => model.IsBroken = true;

    public ValueTask DisposeAsync() => giveBack(model);
}

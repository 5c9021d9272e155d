using System.Collections.Concurrent;
using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>
/// What the device actors compute, between handles: embed an observation, build a sample's inputs, denoise, decode. One per
/// device, shared by its actors; the networks are read-only, the store is thread-safe.
/// </summary>
internal sealed partial class SynthesisRuntime : IDisposable
{
    /// <summary>Pictures of a call that is worth recording: with more the device is busy longer than the host takes to submit the kernels.</summary>
    private const int MostRecorded = 4;

    private readonly WorldModel _model;
    private readonly ModelShape _shape;
    private readonly NoiseSchedule _schedule;
    private readonly HeadScheduler _heads;
    private readonly Engine.ActorPath _root;
    private readonly RecordedFunction? _decode;
    private readonly RecordedFunction? _embed;
    private readonly ConcurrentDictionary<(int Steps, double Eta, TimestepSpacing Spacing), DdimSchedule> _schedules = new();

    /// <param name="model">The model; stays the caller's.</param>
    /// <param name="store">Where results go; taken over.</param>
    /// <param name="index">Number of the device in the node.</param>
    /// <param name="graphsFailed">Called where a CUDA graph cannot be recorded; null: none are.</param>
    public SynthesisRuntime(WorldModel model, LatentStore store, int index = 0, Action<string>? graphsFailed = null)
    {
        _root = Engine.ActorPath.Root.Child("node").Child("device").Child(index.ToString(System.Globalization.CultureInfo.InvariantCulture));
        _model = model;
        _shape = ShapeOf(model.Options);
        _schedule = model.NoiseSchedule();
        _heads = new HeadScheduler(model.Options.Diffusion.Timesteps);
        Store = store;
        if (graphsFailed is not null && model.Device.type == DeviceType.CUDA)
        {
            RecordedFunction Recorded(Func<Tensor[], Tensor[]> compute) => new(compute, MostRecorded, new CudaRecorder(model.Device), graphsFailed);
            _decode = Recorded(inputs => Decode(inputs[0]));
            _embed = Recorded(inputs => Embed(inputs[0], inputs[1]));
        }
        Peaks = new PeakMeter(model.Device);
    }

    public LatentStore Store { get; }

    /// <summary>Memory of calls on the device.</summary>
    public PeakMeter Peaks { get; }

    /// <summary>Sizes that the loop needs.</summary>
    public static ModelShape ShapeOf(WorldModelOptions options) => new(
        options.NumObsStepsImagen,
        options.UNet.Head.Horizon,
        options.UNet.TemporalLength,
        options.AgentActionDim,
        options.ImageSize.Height,
        options.ImageSize.Width);

    /// <summary>
    /// Called on a device actor's thread before anything else: on CUDA the actor gets a stream of its own, which is current
    /// on its thread from then on.
    /// </summary>
    public void EnterDeviceThread(bool urgent)
    {
        if (_model.Device.type != DeviceType.CUDA)
            return;
        var index = Math.Max(0, _model.Device.index);
        // Waiting threads leave their cores to those that submit work.
        CudaDevice.SleepWhileWaiting(index);
        CudaStream.New(index, urgent ? -1 : 0).MakeCurrent();
    }

    /// <summary>
    /// Context and concat latent of one call. Draws the posterior noise: the first draw of the call.
    /// </summary>
    /// <param name="spec">Which sample.</param>
    /// <param name="observation">What is seen.</param>
    /// <param name="instruction">Text of the call.</param>
    /// <param name="actions">Actions to follow [16, 16]; null in the policy call.</param>
    /// <param name="unconditional">Also build the context of the empty instruction.</param>
    public SampleInputs PrepareInputs(SampleSpec spec, ObservationEmbedded observation, string instruction, float[]? actions, bool unconditional)
    {
        using var scope = NewDisposeScope();
        using var tokens = new ObservationEmbedding(Store.Borrow(observation.ImageTokens), Store.Borrow(observation.StateTokens));
        var actionTensor = actions is null ? null : tensor(actions, [1, _shape.Horizon, _shape.PaddedDim], device: _model.Device);
        LatentHandle Put(Tensor t, string what) =>
            Store.Put(t, new LatentOrigin(spec.Owner, Path($"{spec.Phase.ToString().ToLowerInvariant()}-sampler"), $"{what} of iteration {spec.Iteration}"));
        var concat = PosteriorNoise.Sample(
            Store.Borrow(observation.PosteriorMean),
            Store.Borrow(observation.PosteriorStd),
            spec.Noise,
            _shape.ObservationSteps,
            spec.Plan.PerFrameAutoencoder).mul_(_model.FirstStage.ScaleFactor);
        var context = AssembleContext(tokens, instruction, actionTensor);
        var steerFrom = unconditional ? AssembleContext(tokens, "", actionTensor) : null;
        // Only now, when nothing can run out of memory any more: who fails gives no handle that somebody would have to release.
        return new SampleInputs(
            Put(context, "context"), steerFrom is null ? null : Put(steerFrom, "unconditional context"), Put(concat, "concat latent"));
    }

    /// <summary>Gives back the inputs of a sample that is not begun.</summary>
    public void Release(SampleInputs inputs)
    {
        Store.Release(inputs.Context);
        Store.Release(inputs.ConcatLatent);
        if (inputs.Unconditional is { } unconditional)
            Store.Release(unconditional);
    }

    public void Dispose()
    {
        Store.Dispose();
        // These wait for the device, which fails where it is lost.
        _decode?.Dispose();
        _embed?.Dispose();
    }

    private Tensor AssembleContext(ObservationEmbedding tokens, string instruction, Tensor? actions)
    {
        using var text = _model.Text.Embed(instruction);
        return _model.Conditions.Assemble(tokens, text, actions, simMode: actions is not null);
    }

    /// <summary>
    /// Items of the first of several calls that a batch is made in: on CUDA a power of two. Each size that occurs costs cuDNN's search for the
    /// fastest convolutions once, which takes longer than calls that are not full.
    /// </summary>
    private int FirstOf(int items) => Device.type == DeviceType.CUDA ? 1 << System.Numerics.BitOperations.Log2((uint)items) : items;

    private Engine.ActorPath Path(string actor) => _root.Child(actor);
}

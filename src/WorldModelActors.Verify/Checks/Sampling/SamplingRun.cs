using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>A recorded sampling run, to be made again from its inputs as they are or changed.</summary>
internal sealed class SamplingRunSource
{
    private readonly GoldenModel _model;
    private readonly GoldenEntry _entry;
    private readonly GoldenFile _file;

    public SamplingRunSource(GoldenModel model, GoldenEntry entry, GoldenFile file)
    {
        _model = model;
        _entry = entry;
        _file = file;
        var parameters = entry.Parameters;
        Schedule = new DdimSchedule(
            model.Noise, parameters.Integer("S"), parameters.Number("eta"), TimestepSpacings.Parse(parameters.Required("spacing")));
        IsGuided = HasUnconditional && parameters.Number("unconditional_guidance_scale") != 1;
    }

    public DdimSchedule Schedule { get; }

    /// <summary>In the order of the loop.</summary>
    public long[] DescendingTimesteps => [.. Schedule.Timesteps.ToArray().Reverse().Select(t => (long)t)];

    /// <summary>Whether guidance changes the outputs.</summary>
    public bool IsGuided { get; }

    private bool HasUnconditional => _file.Contains("uc_crossattn");

    /// <summary>A recorded input.</summary>
    public Tensor Input(string name) => _file[name];

    /// <summary>A run whose floating-point inputs come from <paramref name="input"/> by their recorded names.</summary>
    public SamplingRun Prepare(Func<string, Tensor> input)
    {
        Tensor concat = input("c_concat_one_frame"), images = input("obs_image"), states = input("obs_state");
        UNetConditioning Condition(string context) =>
            _model.UNet.Prepare(input(context), _file["fs"], images, states, HeadSelection.Both, concat);
        var condition = Condition("c_crossattn");
        UNetConditioning? unconditional;
        try
        {
            unconditional = HasUnconditional ? Condition("uc_crossattn") : null;
        }
        catch
        {
            condition.Dispose();
            throw;
        }

        var parameters = _entry.Parameters;

        // The draws in the reference's order: initial noises, then one per step.
        List<Tensor> draws = [input("x_T"), input("action_T"), input("state_T"), .. _file["step_noise"].unbind(0)];
        return new SamplingRun(_model.UNet, condition, unconditional, () => new SampleState<UNetConditioning>(new SampleRequest<UNetConditioning>
        {
            Id = _entry.Name,
            Condition = condition,
            Guidance = unconditional is null
                ? null
                : new Guidance<UNetConditioning>(parameters.Number("unconditional_guidance_scale"), parameters.Number("guidance_rescale"), unconditional),
            Schedule = Schedule,
            HeadScheduler = _model.Heads,
            Noise = new NoiseStream(new ReplayNoise(draws), 0, _entry.Name, 0, SamplingPhase.World),
            Device = CPU,
            LatentShape = [.. _file.Shape("x_T")],
            ActionShape = [.. _file.Shape("action_T")],
            StateShape = [.. _file.Shape("state_T")],
        }));
    }
}

/// <summary>A sampling run with its conditions, which it owns.</summary>
internal sealed class SamplingRun(
    WmaUNet unet, UNetConditioning condition, UNetConditioning? unconditional, Func<SampleState<UNetConditioning>> begin) : IDisposable
{
    /// <summary>The run before its first step.</summary>
    public SampleState<UNetConditioning> Begin() => begin();

    public DenoiserOutput Network(DenoiserInput<UNetConditioning> input) => ConditionedSample.Network(unet, input);

    /// <summary>The whole run.</summary>
    public SampleResult Sample()
    {
        using var sample = Begin();
        return DdimSampler.Sample(sample, Network);
    }

    public void Dispose()
    {
        condition.Dispose();
        unconditional?.Dispose();
    }
}

using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>
/// How sensitive a sampling run is to the rounding of its inputs, by the procedure of the samplers' specification (section 6): every
/// floating-point input - initial noises, contexts, concat latent, observation - is multiplied by 1 + 1e-6 n with standard normal n, and
/// the largest absolute change of a stream is taken. The specification made one draw; here the largest of several counts. The draws
/// are a pure function of their number and the input's name, so that the measurement can be repeated.
/// </summary>
internal sealed class RunSensitivity
{
    public const int Draws = 6;

    /// <summary>Standard deviation of the perturbation, relative to each number.</summary>
    public const double Relative = 1e-6;

    private readonly Lazy<(double Action, double State)> _measured;

    /// <param name="source">The run.</param>
    /// <param name="unperturbed">Its result; must live until the measurement, which is made when it is first asked for.</param>
    public RunSensitivity(SamplingRunSource source, SampleResult unperturbed) => _measured = new(() => Measure(source, unperturbed));

    /// <summary>Largest change of an action.</summary>
    public double Action => _measured.Value.Action;

    /// <summary>Largest change of a state.</summary>
    public double State => _measured.Value.State;

    /// <summary>x (1 + 1e-6 n), rounded to x's type.</summary>
    internal static Tensor Perturb(Tensor x, string name, int draw)
    {
        using var scope = NewDisposeScope();
        var normal = new PhiloxNoise().Draw(new NoiseKey(draw, name, 0, SamplingPhase.World, 0, NoiseTensor.Latent), x.shape, CPU);
        return x.@double().mul(normal.@double().mul_(Relative).add_(1)).to(x.dtype).MoveToOuterDisposeScope();
    }

    private static (double Action, double State) Measure(SamplingRunSource source, SampleResult unperturbed)
    {
        double action = 0, state = 0;
        for (var draw = 1; draw <= Draws; draw++)
        {
            using var scope = NewDisposeScope();
            var number = draw;
            using var run = source.Prepare(name => Perturb(source.Input(name), name, number));
            using var result = run.Sample();
            action = Math.Max(action, ArrayError.Of(result.Action, unperturbed.Action).MaximumAbsolute);
            state = Math.Max(state, ArrayError.Of(result.State, unperturbed.State).MaximumAbsolute);
        }

        return (action, state);
    }
}

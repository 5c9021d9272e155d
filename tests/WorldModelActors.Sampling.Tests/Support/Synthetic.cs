namespace WorldModelActors.Sampling.Tests;

/// <summary>Small deterministic stand-ins for a model.</summary>
internal static class Synthetic
{
    public static readonly NoiseSchedule Noise = new(new NoiseScheduleOptions());

    public static readonly HeadScheduler Head = new();

    public static readonly long[] LatentShape = [1, 2, 3, 4, 5];

    /// <summary>Standard normals named by <paramref name="name"/>.</summary>
    public static Tensor Normal(string name, params long[] shape) =>
        new PhiloxNoise().Draw(new NoiseKey(0, name, 0, SamplingPhase.Policy, 0, NoiseTensor.Latent), shape, CPU);

    public static SampleRequest<double> Request(string id, DdimSchedule? schedule = null) => new()
    {
        Id = id,
        Condition = 0.5,
        Schedule = schedule ?? new DdimSchedule(Noise, 6),
        HeadScheduler = Head,
        Noise = new NoiseStream(new PhiloxNoise(), 7, id, 0, SamplingPhase.World),
        Device = CPU,
        LatentShape = LatentShape,
        ActionShape = [1, 4, 3],
        StateShape = [1, 4, 2],
    };

    /// <summary>
    /// A network without coupling between samples: each output depends on its own input, timestep and condition; both heads run
    /// on the whole batch.
    /// </summary>
    public static DenoiserOutput Network(DenoiserInput<double> input)
    {
        var condition = tensor(input.Conditions.Select(c => (float)c).ToArray(), [input.Conditions.Count, 1, 1]);
        var time = input.Timesteps.to(ScalarType.Float32).div(1000).reshape(-1, 1, 1).add(condition);
        return new DenoiserOutput(
            input.Latents.mul(time.reshape(-1, 1, 1, 1, 1)).sin(), input.Actions.mul(time).cos(), input.States.add(time).sin());
    }

    /// <summary>The result of a sample that runs alone.</summary>
    public static SampleResult Alone(SampleRequest<double> request)
    {
        using var sample = new SampleState<double>(request);
        return Run(sample);
    }

    /// <summary>Runs a sample to its end.</summary>
    public static SampleResult Run(SampleState<double> sample, Denoise<double>? network = null) =>
        DdimSampler.Sample(sample, network ?? Network, cancellationToken: TestContext.Current.CancellationToken);

    public static void Equal(SampleResult expected, SampleResult actual, string what)
    {
        Same.Exactly(expected.Latent, actual.Latent, $"{what}: latent");
        Same.Exactly(expected.Action, actual.Action, $"{what}: action");
        Same.Exactly(expected.State, actual.State, $"{what}: state");
    }
}

using WorldModelActors.Engine;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

/// <summary>Makes samples of the demo model, in the way in which the samplers make them, without any actors.</summary>
internal sealed class SampleBench : IDisposable
{
    private readonly DemoModel _demo;
    private readonly Dictionary<int, ObservationEmbedded> _observations = [];

    public SampleBench(DemoModel demo)
    {
        _demo = demo;
        Runtime = new SynthesisRuntime(demo.Model, new LatentStore(demo.Model.Device));
    }

    public SynthesisRuntime Runtime { get; }

    /// <summary>What a sampler tells the Denoiser.</summary>
    public DenoiseSample Request(
        int prompt,
        SamplingPhase phase,
        Func<EpisodePlan, EpisodePlan>? change = null,
        INoiseSource? noise = null,
        IActorRef<Reply<SampleDenoised>>? replyTo = null)
    {
        var (plan, _) = _demo.Episode(prompt, change);
        var spec = new SampleSpec(plan, 0, phase, new NoiseStream(noise ?? new PhiloxNoise(), plan.Seed, plan.Id, 0, phase));
        var policy = phase == SamplingPhase.Policy;
        var observation = Observation(prompt);
        var inputs = Runtime.PrepareInputs(
            spec, observation, policy ? plan.Instruction : "", policy ? null : Actions(), unconditional: policy && plan.GuidanceScale != 1);
        return new DenoiseSample(spec, inputs, observation, policy ? PredictedStreams.Action : PredictedStreams.State, replyTo ?? Nobody.Instance);
    }

    /// <summary>A sample, begun.</summary>
    public ConditionedSample Begin(int prompt, SamplingPhase phase, Func<EpisodePlan, EpisodePlan>? change = null)
    {
        var request = Request(prompt, phase, change);
        var sample = Runtime.Begin(request);
        Runtime.Release(request.Inputs);
        return sample;
    }

    public void Dispose() => Runtime.Dispose();

    private static float[] Actions() => [.. Enumerable.Range(0, 256).Select(i => i % 16 < 2 ? MathF.Sin(i / 16f) / 2 : 0)];

    private ObservationEmbedded Observation(int prompt)
    {
        if (_observations.TryGetValue(prompt, out var known))
            return known;
        using var scope = NewDisposeScope();
        var (_, start) = _demo.Episode(prompt);
        var (height, width) = _demo.Model.Options.ImageSize;
        var image = tensor(start.Image.ToArray(), [1, 3, 1, height, width]);
        var state = tensor(start.State.ToArray(), [1, 1, 16]);
        using var features = ObservationFeatureSet.Compute(_demo.Model, cat([image, image], 2), cat([state, state], 1));
        LatentHandle Put(Tensor t) => Runtime.Store.Put(t.alias(), new LatentOrigin("bench", ActorPath.Parse("/bench"), "observation"));
        var observation = new ObservationEmbedded(
            Put(features.Tokens.ImageTokens), Put(features.Tokens.StateTokens), Put(features.PosteriorMean), Put(features.PosteriorStd),
            Put(features.Heads.Action!), Put(features.Heads.State!));
        _observations.Add(prompt, observation);
        return observation;
    }

    private sealed class Nobody : IActorRef<Reply<SampleDenoised>>
    {
        public static readonly Nobody Instance = new();

        public ActorPath Path { get; } = ActorPath.Parse("/nobody");

        public void Tell(Reply<SampleDenoised> message) => throw new InvalidOperationException("nobody waits for this answer");

        public ValueTask TellAsync(Reply<SampleDenoised> message, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("nobody waits for this answer");

        public Task<TReply> Ask<TReply>(
            Func<IActorRef<TReply>, Reply<SampleDenoised>> message, TimeSpan timeout, CancellationToken cancellationToken = default)
            where TReply : notnull => throw new InvalidOperationException("nobody waits for this answer");
    }
}

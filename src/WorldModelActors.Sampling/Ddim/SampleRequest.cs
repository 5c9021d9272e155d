namespace WorldModelActors.Sampling;

/// <summary>One sample to be denoised.</summary>
public sealed record SampleRequest<TCondition>
{
    /// <summary>Name of the sample in messages.</summary>
    public required string Id { get; init; }

    /// <summary>What the network is conditioned on; handed back to it at every step.</summary>
    public required TCondition Condition { get; init; }

    /// <summary>Classifier-free guidance; null: none.</summary>
    public Guidance<TCondition>? Guidance { get; init; }

    public required DdimSchedule Schedule { get; init; }

    /// <summary>Schedule of the action and state streams.</summary>
    public required HeadScheduler HeadScheduler { get; init; }

    /// <summary>The noise of this call.</summary>
    public required NoiseStream Noise { get; init; }

    /// <summary>Where the sample lives.</summary>
    public required Device Device { get; init; }

    /// <summary>[1, C, T, h, w].</summary>
    public required IReadOnlyList<long> LatentShape { get; init; }

    /// <summary>[1, horizon, dims].</summary>
    public IReadOnlyList<long> ActionShape { get; init; } = [1, 16, 16];

    /// <summary>[1, horizon, dims].</summary>
    public IReadOnlyList<long> StateShape { get; init; } = [1, 16, 16];

    /// <summary>The streams that are denoised along with the latent.</summary>
    public PredictedStreams Streams { get; init; } = PredictedStreams.Both;

    /// <summary>x_T, copied; null: drawn.</summary>
    public Tensor? InitialLatent { get; init; }
}

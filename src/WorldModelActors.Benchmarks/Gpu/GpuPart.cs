namespace WorldModelActors.Benchmarks;

/// <summary>The parts of <see cref="GpuBenchmark"/>, in their order.</summary>
public enum GpuPart
{
    /// <summary>The chip's own rates: a matrix product and a copy.</summary>
    Peaks,

    /// <summary>The backbone by size of batch, its profile, every kernel switch turned over.</summary>
    Backbone,

    /// <summary>Autoencoder and image tower.</summary>
    Codec,

    /// <summary>Whole iterations through the actors, one episode and four.</summary>
    Actors,

    /// <summary>Distance from float32: one evaluation, decoding, the frames of a rollout.</summary>
    Accuracy,

    /// <summary>An episode on each of 1, 2, 4, ... devices.</summary>
    Devices,
}

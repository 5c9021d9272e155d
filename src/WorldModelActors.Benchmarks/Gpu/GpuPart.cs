namespace WorldModelActors.Benchmarks;

/// <summary>The parts of <see cref="GpuBenchmark"/>, in their order.</summary>
public enum GpuPart
{
    /// <summary>The chip's own rates: a matrix product and a copy.</summary>
    Peaks,

    /// <summary>The backbone by size of batch.</summary>
    Backbone,

    /// <summary>Where the backbone's time goes, part by part; the range that a profiler is shown.</summary>
    Profile,

    /// <summary>The backbone with every kernel switch turned over.</summary>
    Switches,

    /// <summary>Autoencoder and image tower.</summary>
    Codec,

    /// <summary>Whole iterations through the actors, one episode and four.</summary>
    Actors,

    /// <summary>Distance from float32: one evaluation, decoding, the frames of a rollout.</summary>
    Accuracy,

    /// <summary>An episode on each of 1, 2, 4, ... devices.</summary>
    Devices,
}

using WorldModelActors.Engine;
using WorldModelActors.Media;
using WorldModelActors.Rollout;

namespace WorldModelActors.Benchmarks;

/// <summary>What <see cref="OverlapBenchmark"/> compares.</summary>
public sealed record OverlapOptions
{
    /// <summary>Executed frames of each iteration; one comparison for each.</summary>
    public IReadOnlyList<int> ExecuteSteps { get; init; } = [1, 16];

    public int Iterations { get; init; } = 4;

    /// <summary>
    /// Denoising steps of a call; one comparison for each. The fewer they are, the larger is the part of the work that the original
    /// loop wastes.
    /// </summary>
    public IReadOnlyList<int> DdimSteps { get; init; } = [16];

    /// <summary>Times that everything is measured; medians count.</summary>
    public int Repeats { get; init; } = 5;

    /// <summary>Episodes that run at once, and in sequence in the original loop.</summary>
    public int Episodes { get; init; } = 2;

    /// <summary>Numbers of intra-operator threads to try; each side is judged by its best.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [Environment.ProcessorCount];

    /// <summary>What runs the actors of the pipeline.</summary>
    public IActorEngine Engine { get; init; } = EmbeddedEngine.Instance;

    /// <summary>How the pipeline runs.</summary>
    public RolloutOptions Pipeline { get; init; } = new();

    public VideoOptions Video { get; init; } = new();

    /// <summary>Least PSNR between a frame of the original loop and the same of the pipeline, in dB.</summary>
    public const double LeastPsnr = 60;

    /// <summary>Folder of videos (deleted as they come) and of the traces.</summary>
    public required string Folder { get; init; }
}

/// <summary>An episode to run on both sides.</summary>
/// <param name="Plan">What; iterations, steps and executed steps are set by the benchmark.</param>
/// <param name="Start">From where.</param>
public sealed record BenchmarkEpisode(EpisodePlan Plan, EpisodeStart Start);

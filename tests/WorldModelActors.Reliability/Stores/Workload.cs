using System.Globalization;
using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability;

/// <summary>Episodes of the demo world model.</summary>
/// <param name="Episodes">Prompts (0 to 7).</param>
/// <param name="Iterations">Iterations of each.</param>
public sealed record Workload(IReadOnlyList<int> Episodes, int Iterations)
{
    /// <summary>Name of the sweep.</summary>
    public string Name { get; init; } = "faults";

    /// <summary>Denoising steps.</summary>
    public int DdimSteps { get; init; } = 1;

    /// <summary>Frames of an iteration.</summary>
    public int ExecuteSteps { get; init; } = 4;

    /// <summary>Key of the noise.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Frames of one episode.</summary>
    public int Frames => Iterations * ExecuteSteps;

    /// <summary>What decides the frames, as arguments of <c>wma rollout</c>.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        "--model", RepositoryPaths.DemoModel, "--prompts", RepositoryPaths.DemoPrompts, "--episode", .. Episodes.Select(Text), "--frame-stride", "1",
        "--iterations", Text(Iterations), "--ddim-steps", Text(DdimSteps), "--exe-steps", Text(ExecuteSteps), "--seed", Text(Seed),
    ];

    /// <summary>The same as a plan for a store.</summary>
    public (SweepPlan Sweep, IReadOnlyList<PlannedEpisode> Episodes) Plan() =>
    (
        new SweepPlan(Name, []),
        [
            .. Episodes.Select(prompt => new PlannedEpisode(
                string.Create(CultureInfo.InvariantCulture, $"pushtable/{prompt} seed {Seed}"),
                new EpisodeSpec
                {
                    Prompts = RepositoryPaths.DemoPrompts,
                    Dataset = "pushtable",
                    VideoId = Text(prompt),
                    FrameStride = 1,
                    Settings = new Dictionary<string, string>
                    {
                        ["wma.model.path"] = RepositoryPaths.DemoModel,
                        ["wma.rollout.iterations"] = Text(Iterations),
                        ["wma.rollout.exe-steps"] = Text(ExecuteSteps),
                        ["wma.rollout.seed"] = Text(Seed),
                        ["wma.sampler.ddim-steps"] = Text(DdimSteps),
                    },
                }.ToJson(),
                Iterations)),
        ]
    );

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

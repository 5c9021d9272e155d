using System.Globalization;

namespace WorldModelActors.Reliability;

/// <summary>Episodes of the demo world model, as <c>wma submit</c> plans them.</summary>
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

    /// <summary>What decides the frames, as arguments.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        "--model", RepositoryPaths.DemoModel, "--prompts", RepositoryPaths.DemoPrompts, "--episode", .. Episodes.Select(Text), "--frame-stride", "1",
        "--iterations", Text(Iterations), "--ddim-steps", Text(DdimSteps), "--exe-steps", Text(ExecuteSteps), "--seed", Text(Seed),
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

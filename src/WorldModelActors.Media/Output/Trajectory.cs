using System.Globalization;
using WorldModelActors.Torch;

namespace WorldModelActors.Media;

/// <summary>
/// The executed actions and predicted states of an episode, one row per frame of its video. In the file
/// (<c>trajectory.safetensors</c>):
/// <list type="bullet">
/// <item><c>action</c> [N, action width] and <c>state</c> [N, state width] float32, in robot units;</item>
/// <item><c>action.normalized</c> and <c>state.normalized</c> [N, 16] float32, as the network sees them, padded with zeros;</item>
/// <item><c>step.iteration</c> and <c>step.frame</c> [N] int64: the iteration of each row and its place in that prediction;</item>
/// <item><c>start.state</c> [state width] and <c>start.state.normalized</c> [16] float32: the observed state before the first row.</item>
/// </list>
/// The file's metadata names the episode, the instruction and what the recording says about its actions and states.
/// </summary>
public sealed record Trajectory
{
    /// <summary>Executed actions [N, <see cref="UnifiedVector.Width"/>], normalised.</summary>
    public required float[] Actions { get; init; }

    /// <summary>Predicted states [N, <see cref="UnifiedVector.Width"/>], normalised.</summary>
    public required float[] States { get; init; }

    /// <summary>The first observed state [<see cref="UnifiedVector.Width"/>], normalised.</summary>
    public required float[] StartState { get; init; }

    /// <summary>Rows per iteration.</summary>
    public required int ExecuteSteps { get; init; }

    /// <summary>The robot's own action dimensions.</summary>
    public required int ActionWidth { get; init; }

    /// <summary>The robot's own state dimensions.</summary>
    public required int StateWidth { get; init; }

    /// <summary>Statistics of the data set, for the way back to robot units.</summary>
    public required DatasetStatistics Statistics { get; init; }

    /// <summary>Further metadata of the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Writes the file.</summary>
    /// <exception cref="SafetensorsException">It cannot be written.</exception>
    /// <exception cref="PromptDataException">The statistics do not fit.</exception>
    public void Save(string path)
    {
        var rows = Actions.Length / UnifiedVector.Width;
        var iteration = new long[rows];
        var frame = new long[rows];
        for (var row = 0; row < rows; row++)
        {
            (iteration[row], frame[row]) = Math.DivRem(row, ExecuteSteps);
        }

        var file = new SafetensorsWriter()
            .Metadata("rows", rows.ToString(CultureInfo.InvariantCulture))
            .Metadata("normalization", "min_max")
            .Add("action", [rows, ActionWidth], RobotUnits(Actions, ActionWidth, Statistics.Action))
            .Add("state", [rows, StateWidth], RobotUnits(States, StateWidth, Statistics.State))
            .Add("action.normalized", [rows, UnifiedVector.Width], Actions)
            .Add("state.normalized", [rows, UnifiedVector.Width], States)
            .Add("step.iteration", [rows], iteration)
            .Add("step.frame", [rows], frame)
            .Add("start.state", [StateWidth], RobotUnits(StartState, StateWidth, Statistics.State))
            .Add("start.state.normalized", [UnifiedVector.Width], StartState);
        foreach (var (key, value) in Metadata)
        {
            file.Metadata(key, value);
        }

        file.Save(path);
    }

    private static float[] RobotUnits(float[] padded, int width, FeatureStatistics statistics)
    {
        var rows = padded.Length / UnifiedVector.Width;
        var values = new float[rows * width];
        for (var row = 0; row < rows; row++)
        {
            padded.AsSpan(row * UnifiedVector.Width, width).CopyTo(values.AsSpan(row * width));
        }

        Normalizer.Unnormalize(values, statistics, NormalizationMode.MinMax, values);
        return values;
    }
}

namespace WorldModelActors.Media;

/// <summary>The recorded actions and robot states of an episode (<c>videoid.h5</c>), in robot units.</summary>
/// <param name="Source">The file's name, for error messages.</param>
/// <param name="Action">Commanded actions [steps, action width].</param>
/// <param name="State">Observed robot states [steps, state width].</param>
/// <param name="ActionType">What an action is, e.g. "joint position"; null where the file does not say.</param>
/// <param name="StateType">What a state is; null where the file does not say.</param>
/// <param name="RobotType">The robot; null where the file does not say.</param>
public sealed record Transition(string Source, FloatMatrix Action, FloatMatrix State, string? ActionType, string? StateType, string? RobotType)
{
    /// <summary>Steps of one sample: the horizon of the action head and the length of the imagined video.</summary>
    public const int Horizon = 16;

    /// <summary>Reads a file with the datasets <c>action</c> and <c>observation.state</c>.</summary>
    /// <exception cref="PromptDataException">The file is missing, damaged, lacks a dataset, or holds values that are not finite.</exception>
    public static Transition Load(string path)
    {
        using var file = Hdf5File.Open(path);
        return new Transition(
            path,
            ReadFinite(file, "action"),
            ReadFinite(file, "observation.state"),
            file.TextAttribute("action_type"),
            file.TextAttribute("state_type"),
            file.TextAttribute("robot_type"));
    }

    /// <summary>Checks that there are actions for one sample at this frame stride: more than 15 * stride steps.</summary>
    /// <exception cref="PromptDataException">The recording is too short.</exception>
    public void RequireLength(int frameStride, int horizon = Horizon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frameStride, 1);
        var needed = ((long)(horizon - 1) * frameStride) + 1;
        if (Action.Rows < needed)
        {
            throw new PromptDataException($"{Source}: dataset 'action' has {Action.Rows} steps; frame stride {frameStride} needs at least {needed}, use a smaller --frame-stride.");
        }

        if (State.Rows < 1)
        {
            throw new PromptDataException($"{Source}: dataset 'observation.state' has no steps; the episode needs its first robot state.");
        }
    }

    private static FloatMatrix ReadFinite(Hdf5File file, string dataset)
    {
        var matrix = file.ReadMatrix(dataset);
        if (matrix.Columns < 1)
        {
            throw new PromptDataException($"{file.FilePath}: dataset '{dataset}' has no values per step.");
        }

        for (var row = 0; row < matrix.Rows; row++)
        {
            foreach (var value in matrix.Row(row))
            {
                if (!float.IsFinite(value))
                {
                    throw new PromptDataException($"{file.FilePath}: dataset '{dataset}' holds {value} at step {row}; every value must be finite.");
                }
            }
        }

        return matrix;
    }
}

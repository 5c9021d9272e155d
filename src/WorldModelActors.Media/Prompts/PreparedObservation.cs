namespace WorldModelActors.Media;

/// <summary>
/// What an episode starts from: the first picture, the first robot state for every observation step, and the recorded
/// actions of one horizon, normalised (min_max) and padded to <see cref="UnifiedVector.Width"/> dimensions.
/// </summary>
public sealed class PreparedObservation : IDisposable
{
    /// <summary>Observations that the network sees: the first one is repeated.</summary>
    public const int ObservationSteps = 2;

    private PreparedObservation(FrameBuffer image, FloatMatrix states, FloatMatrix actions, int stateWidth, int actionWidth)
    {
        Image = image;
        States = states;
        Actions = actions;
        StateWidth = stateWidth;
        ActionWidth = actionWidth;
    }

    /// <summary>The first picture [3, height, width] in [-1, 1]; owned by this observation.</summary>
    public FrameBuffer Image { get; }

    /// <summary>Row 0 of the recorded states, repeated: [2, 16], normalised.</summary>
    public FloatMatrix States { get; }

    /// <summary>Rows 0, stride, ..., 15 stride of the recorded actions: [16, 16], normalised.</summary>
    public FloatMatrix Actions { get; }

    /// <summary>The robot's own state dimensions, before padding.</summary>
    public int StateWidth { get; }

    /// <summary>The robot's own action dimensions, before padding.</summary>
    public int ActionWidth { get; }

    /// <summary>Prepares the start of an episode.</summary>
    /// <param name="image">The first picture; it stays the caller's.</param>
    /// <param name="transition">The recorded actions and states.</param>
    /// <param name="statistics">Statistics of the data set.</param>
    /// <param name="frameStride">Recorded steps per step of the model.</param>
    /// <param name="height">Rows of the model's observation.</param>
    /// <param name="width">Columns of the model's observation.</param>
    /// <exception cref="PromptDataException">The recording is too short, too wide, or does not fit the statistics.</exception>
    public static PreparedObservation Prepare(Image image, Transition transition, DatasetStatistics statistics, int frameStride, int height, int width)
    {
        transition.RequireLength(frameStride);
        var states = new FloatMatrix(ObservationSteps, transition.State.Columns);
        for (var step = 0; step < ObservationSteps; step++)
        {
            transition.State.Row(0).CopyTo(states.Row(step));
        }

        var actions = new FloatMatrix(Transition.Horizon, transition.Action.Columns);
        for (var step = 0; step < Transition.Horizon; step++)
        {
            transition.Action.Row(step * frameStride).CopyTo(actions.Row(step));
        }

        var unifiedStates = Unify(states, statistics.State, $"{transition.Source}: dataset '{DatasetStatistics.StateFeature}'");
        var unifiedActions = Unify(actions, statistics.Action, $"{transition.Source}: dataset '{DatasetStatistics.ActionFeature}'");
        return new PreparedObservation(
            ResizeCenterCrop.Apply(image, height, width), unifiedStates, unifiedActions, states.Columns, actions.Columns);
    }

    /// <summary>Reads and prepares the start of the episode of a prompt row.</summary>
    /// <exception cref="MediaException">A file is missing or wrong; the message names it.</exception>
    public static PreparedObservation Load(PromptDirectory prompts, PromptRow row, int frameStride, int height, int width)
    {
        using var image = prompts.LoadImage(row);
        return Prepare(image, prompts.LoadTransition(row), prompts.LoadStatistics(row.Dataset), frameStride, height, width);
    }

    public void Dispose() => Image.Dispose();

    private static FloatMatrix Unify(FloatMatrix rows, FeatureStatistics statistics, string source)
    {
        if (statistics.Min is { } min && min.Length != rows.Columns)
        {
            throw new PromptDataException($"{source} has {rows.Columns} dimensions but the statistics ({statistics.Feature}) have {min.Length}.");
        }

        Normalizer.Normalize(rows.Values, statistics, NormalizationMode.MinMax, rows.Values);
        return UnifiedVector.Pad(rows, source);
    }
}

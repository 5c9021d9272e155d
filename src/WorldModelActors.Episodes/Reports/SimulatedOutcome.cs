using WorldModelActors.Torch;

namespace WorldModelActors.Episodes;

/// <summary>What an episode's actions do on the real (simulated) demo table, executed from the prompt's true start.</summary>
/// <param name="StartError">What was left to do before the first action, pixels.</param>
/// <param name="GoalError">What is left after the last one, pixels.</param>
public sealed record SimulatedOutcome(double StartError, double GoalError)
{
    private const string DemoDataset = "pushtable";

    /// <summary>Whether the task is solved.</summary>
    public bool Success => GoalError < PushTableTask.SolvedBelow;

    /// <summary>The truth of an episode's prompt; null for any but the demo's prompts at the recorded rate, which have it in <c>truth/</c> beside them.</summary>
    /// <param name="spec">The episode.</param>
    /// <param name="instruction">What the robot was told; another one is another task.</param>
    public static PushTableTask? TaskOf(EpisodeSpec spec, string instruction)
    {
        if (spec.Dataset != DemoDataset || spec.FrameStride != 1)
        {
            return null;
        }

        string?[] beside = [Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(spec.Prompts)), spec.Settings.GetValueOrDefault("wma.model.path")];
        return beside.OfType<string>().Select(folder => PushTableTask.Find(Path.Combine(folder, "truth", spec.VideoId + ".json"))).FirstOrDefault(task => task?.Instruction == instruction);
    }

    /// <summary>Executes the actions of a trajectory.</summary>
    /// <param name="task">The task.</param>
    /// <param name="trajectory">The trajectory's file.</param>
    /// <exception cref="SafetensorsException">The file is damaged, or its actions are no positions on the table.</exception>
    public static SimulatedOutcome Of(PushTableTask task, string trajectory)
    {
        using var rows = SafetensorsFile.Open(trajectory);
        var actions = rows.ReadFloats("action");
        return rows.Entry("action").Shape is [_, 2]
            ? new SimulatedOutcome(task.ErrorOf(task.Start), task.Replay(actions))
            : throw new SafetensorsException($"{trajectory}: 'action' has the shape [{string.Join(", ", rows.Entry("action").Shape)}]; the demo's actions are two numbers.");
    }
}

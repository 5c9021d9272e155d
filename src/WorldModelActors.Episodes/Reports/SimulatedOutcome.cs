using WorldModelActors.Media;
using WorldModelActors.Torch;

namespace WorldModelActors.Episodes;

/// <summary>What an episode's actions do on the real (simulated) demo table, executed from the prompt's true start.</summary>
/// <param name="StartError">What was left to do before the first action, pixels.</param>
/// <param name="GoalError">What is left after the last one, pixels.</param>
/// <param name="Psnr">PSNR of the imagined frames against what really follows those actions, decibels, mean over frames.</param>
/// <param name="Ssim">SSIM of the same, mean over frames.</param>
public sealed record SimulatedOutcome(double StartError, double GoalError, double Psnr, double Ssim)
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

    /// <summary>Executes the actions of a trajectory, and compares the imagined frames with what they lead to.</summary>
    /// <param name="task">The task.</param>
    /// <param name="video">The episode's video: frame i shows what action i leads to.</param>
    /// <param name="trajectory">The episode's trajectory.</param>
    /// <param name="stop">Stops between two frames.</param>
    /// <exception cref="SafetensorsException">The file is damaged, or its actions are no positions on the table.</exception>
    /// <exception cref="MediaException">The video is damaged.</exception>
    public static SimulatedOutcome Of(PushTableTask task, string video, string trajectory, CancellationToken stop = default)
    {
        using var rows = SafetensorsFile.Open(trajectory);
        var actions = rows.ReadFloats("action");
        if (rows.Entry("action").Shape is not [_, 2])
        {
            throw new SafetensorsException($"{trajectory}: 'action' has the shape [{string.Join(", ", rows.Entry("action").Shape)}]; the demo's actions are two numbers.");
        }

        var states = task.Replay(actions);
        var (psnr, ssim) = Compare(task, states, video, stop);
        return new SimulatedOutcome(task.ErrorOf(task.Start), task.ErrorOf(states.Count > 0 ? states[^1] : task.Start), psnr, ssim);
    }

    private static (double Psnr, double Ssim) Compare(PushTableTask task, IReadOnlyList<PushTableState> states, string video, CancellationToken stop)
    {
        using var reader = VideoReader.Open(video);
        if ((reader.Height, reader.Width) != (PushTablePicture.Side, PushTablePicture.Side))
        {
            return (double.NaN, double.NaN);
        }

        var qualities = new List<FrameQuality>();
        while (qualities.Count < states.Count && reader.Read() is { } imagined)
        {
            using (imagined)
            {
                stop.ThrowIfCancellationRequested();
                using var real = task.Draw(states[qualities.Count]);
                qualities.Add(FrameQuality.Of(imagined, real));
            }
        }

        return (EpisodeComparison.MeanPsnr([.. qualities.Select(quality => quality.Psnr)]), qualities.Select(quality => quality.Ssim).DefaultIfEmpty(double.NaN).Average());
    }
}

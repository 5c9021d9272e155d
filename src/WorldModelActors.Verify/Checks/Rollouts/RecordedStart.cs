using System.Globalization;
using WorldModelActors.Media;

namespace WorldModelActors.Verify;

/// <summary>The prompt that a recorded rollout started from.</summary>
/// <param name="Instruction">What the robot was told.</param>
/// <param name="ActionDim">Dimensions of the robot's actions.</param>
/// <param name="StateDim">Dimensions of the robot's states.</param>
internal sealed record RecordedStart(string Instruction, int ActionDim, int StateDim)
{
    private const string Folder = "prompts";

    /// <summary>From the recorded parameters; what they leave out comes from the prompt's files.</summary>
    /// <exception cref="MissingPieceException">Neither says it.</exception>
    public static RecordedStart Of(GoldenSession session, GoldenParameters parameters)
    {
        if (parameters.Text("instruction") is { } instruction && parameters.Text("ori_action_dim") is not null && parameters.Text("ori_state_dim") is not null)
        {
            return new RecordedStart(instruction, parameters.Integer("ori_action_dim"), parameters.Integer("ori_state_dim"));
        }

        var prompts = Prompts(session) ?? throw new MissingPieceException("needs prompts/, which is not in this directory");
        var row = Row(prompts, parameters);
        var transition = prompts.LoadTransition(row);
        return new RecordedStart(row.Instruction, transition.Action.Columns, transition.State.Columns);
    }

    /// <summary>The directory's prompts; null where there are none.</summary>
    public static PromptDirectory? Prompts(GoldenSession session) =>
        Directory.Exists(session.PathOf(Folder)) ? PromptDirectory.Open(session.PathOf(Folder)) : null;

    /// <summary>The row of a rollout: of its episode, else of its instruction.</summary>
    public static PromptRow Row(PromptDirectory prompts, GoldenParameters parameters)
    {
        var row = parameters.Text("episode") is { } episode ? prompts.Rows.FirstOrDefault(r => r.VideoId == episode)
            : parameters.Text("instruction") is { } instruction ? prompts.Rows.FirstOrDefault(r => r.Instruction == instruction)
            : null;
        return row ?? throw new VerifyException(string.Create(
            CultureInfo.InvariantCulture, $"{prompts.Root}: none of its {prompts.Rows.Count} rows has the recorded episode or instruction"));
    }
}

using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;

namespace WorldModelActors.Verify;

/// <summary>
/// An episode of the world model alone: the loop's queues with the recorded actions in the place of the policy's. What it holds belongs to
/// the dispose scope it is used in.
/// </summary>
internal sealed class ImaginedEpisode
{
    /// <summary>The only one that a recording with one true frame for every action allows.</summary>
    private const int FrameStride = 1;

    private readonly WorldModel _model;
    private readonly EpisodeState<Tensor> _state;
    private readonly List<float[]> _actions = [];

    public ImaginedEpisode(WorldModel model, PromptDirectory prompts, PromptRow row, QualityRun run, int height, int width)
    {
        _model = model;
        using var image = prompts.LoadImage(row);
        var transition = prompts.LoadTransition(row);
        var statistics = prompts.LoadStatistics(row.Dataset);
        using var start = PreparedObservation.Prepare(image, transition, statistics, FrameStride, height, width);
        var frames = model.Options.UNet.TemporalLength;
        if (transition.Action.Rows < run.Rounds * frames)
        {
            throw new VerifyException($"{transition.Source}: {transition.Action.Rows} actions are recorded, {run.Rounds} rounds take {run.Rounds * frames}");
        }

        for (var round = 0; round < run.Rounds; round++)
        {
            using var observation = PreparedObservation.Prepare(
                image, transition with { Action = Rows(transition.Action, round * frames, frames) }, statistics, FrameStride, height, width);
            _actions.Add(observation.Actions.Values);
        }

        Plan = new EpisodePlan
        {
            Id = row.VideoId,
            Instruction = "",
            Iterations = run.Rounds,
            ExecuteSteps = frames,
            DdimSteps = run.DdimSteps,
            DdimEta = run.DdimEta,
            FrameRateCondition = row.ModelFps(FrameStride),
            ActionDim = start.ActionWidth,
            StateDim = start.StateWidth,
        };
        var last = start.States.Rows - 1;
        _state = new EpisodeState<Tensor>(
            Plan, start.States.Rows, start.Actions.Rows, start.Actions.Columns,
            tensor(start.Image.Values.ToArray(), [3, height, width], device: model.Device), start.States.Row(last));
    }

    public EpisodePlan Plan { get; }

    /// <summary>Rounds that are done.</summary>
    public int Round => _state.Iteration;

    /// <summary>Images [1, 3, n, H, W], states [1, n, 16] and actions [1, 16, 16] of the next round.</summary>
    public (Tensor Images, Tensor States, Tensor Actions) Observe()
    {
        _state.ApplyActions(_actions[Round]);
        return (stack([.. _state.Images], 1).unsqueeze(0), Joined(_state.States), Joined(_state.Actions));
    }

    /// <summary>Takes the decoded frames [16, 3, H, W] (unclamped) and the predicted states [1, 16, 16] of the round.</summary>
    public void Advance(Tensor frames, Tensor states)
    {
        var count = Math.Min(_state.Images.Count, Plan.ExecuteSteps);
        _state.ApplyFuture(frames.narrow(0, Plan.ExecuteSteps - count, count).clone().unbind(0), states.cpu().contiguous().data<float>().ToArray());
    }

    private static FloatMatrix Rows(FloatMatrix matrix, int first, int count)
    {
        var rows = new FloatMatrix(count, matrix.Columns);
        for (var i = 0; i < count; i++)
        {
            matrix.Row(first + i).CopyTo(rows.Row(i));
        }

        return rows;
    }

    private Tensor Joined(IReadOnlyList<float[]> rows) =>
        tensor([.. rows.SelectMany(r => r)], [1, rows.Count, rows[0].Length], device: _model.Device);
}

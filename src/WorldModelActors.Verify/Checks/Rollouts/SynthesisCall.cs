using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>One synthesis call from its recorded queues and noises: conditions, sampled latent, actions, states, frames.</summary>
internal sealed class SynthesisCall
{
    private readonly GoldenModel _golden;
    private readonly RolloutRecord _record;
    private readonly DdimSchedule _schedule;

    public SynthesisCall(GoldenModel golden, RolloutRecord record)
    {
        _golden = golden;
        _record = record;
        var plan = record.Plan;
        _schedule = new DdimSchedule(golden.Noise, plan.DdimSteps, plan.DdimEta, plan.Spacing);
    }

    /// <summary>The recorded text tokens of a call.</summary>
    public static Tensor RecordedText(GoldenModel golden, RolloutRecord record, int iteration, SamplingPhase phase)
    {
        var options = golden.Options;
        return record.TextTokens(iteration, phase, options.ClipText.ContextLength, options.UNet.NumStemToken * options.UNet.TemporalLength);
    }

    public void Check(int iteration, SamplingPhase phase, CheckSheet sheet)
    {
        using var scope = NewDisposeScope();
        var model = _golden.Model;
        string Name(string what) => _record.Name(iteration, phase, what);

        var images = _record.Images(iteration);
        using var features = ObservationFeatureSet.Compute(model, images, _record[iteration, phase, "queue.state"]);
        using var text = model.Text.Embed(phase == SamplingPhase.Policy ? _record.Instruction : "");
        var simMode = phase == SamplingPhase.World;
        var context = model.Conditions.Assemble(features.Tokens, text, simMode ? _record[iteration, phase, "queue.action"] : null, simMode);
        sheet.Compare(Name("c_crossattn"), context, Tolerances.Module);

        var noise = new NoiseStream(new ReplayNoise([.. _record.Draws(iteration, phase)]), 0, _record.Id, iteration, phase);
        var concat = PosteriorNoise.Sample(features.PosteriorMean, features.PosteriorStd, noise, (int)images.size(2), _record.PerFrameAutoencoder)
            .mul_(model.FirstStage.ScaleFactor);
        sheet.Compare(Name("c_concat_one_frame"), concat.unsqueeze(2), Tolerances.Synthesis);

        using var sample = ConditionedSample.Begin(
            model, Name("call"), context, null, concat, features.Heads, _record.FrameRate(iteration, phase), _schedule, _golden.Heads, noise, PredictedStreams.Both);
        using var result = DdimSampler.Sample(sample.State, input => ConditionedSample.Network(model.UNet, input));
        sheet.Compare(Name("latent"), result.Latent, Tolerances.Synthesis);
        sheet.Compare(Name("pred_actions"), result.Action, Tolerances.Synthesis);
        sheet.Compare(Name("pred_states"), result.State, Tolerances.Synthesis);
        if (_record.Contains(iteration, phase, "decoded_frames"))
        {
            // [1, 4, T, h, w] -> the listed frames [n, 4, h, w].
            var latents = result.Latent.squeeze(0).transpose(0, 1).index_select(0, _record[iteration, phase, "decoded_frame_numbers"]);
            sheet.Compare(Name("decoded_frames"), model.FirstStage.DecodeScaled(latents), Tolerances.Synthesis);
        }
    }
}

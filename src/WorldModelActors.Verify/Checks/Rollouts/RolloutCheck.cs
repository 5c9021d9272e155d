using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>
/// A recorded interaction loop: its start from the prompt's files, its queues from its recorded results, each synthesis call from its
/// recorded queues, the video's frames from the recorded latents, and the whole loop through the actors.
/// </summary>
internal sealed class RolloutCheck : IGoldenCheck
{
    /// <summary>The reference's function that records such files.</summary>
    public const string Function = "run_inference";

    public string Name => "rollout_";

    public string? Upstream => Function;

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs(@"it\d+\.(policy|world)\.(vae_noise|x_T|action_T|state_T|step_noise|decoded_frame_numbers)");
        var record = new RolloutRecord(entry, file, RecordedStart.Of(session, entry.Parameters));
        sheet.Expect(
            "iterations",
            record.Iterations == entry.Parameters.Integer("n_iter"),
            $"{record.Iterations} iterations are recorded, the parameters say {entry.Parameters.Text("n_iter")}");
        PromptStart.Check(session, entry, record, sheet);

        var model = session.Model;
        if (session.Tokenizer is null)
        {
            sheet.Skip("text tokens of the instruction", $"taken from the record: {GoldenSession.NoVocabulary}");
            model.Model.Text.Remember(record.Instruction, SynthesisCall.RecordedText(model, record, 0, SamplingPhase.Policy));
        }

        QueueReplay.Check(model, record, sheet);
        var call = new SynthesisCall(model, record);
        for (var iteration = 0; iteration < record.Iterations; iteration++)
        {
            call.Check(iteration, SamplingPhase.Policy, sheet);
            call.Check(iteration, SamplingPhase.World, sheet);
        }

        FullVideo.Check(model, record, sheet);
        FreeRun.Check(model, record, sheet);
    }
}

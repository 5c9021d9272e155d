using System.Text.Json;
using System.Text.Json.Nodes;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Sampling;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>Makes the records and trajectories of episodes.</summary>
/// <param name="model">What imagines them.</param>
/// <param name="prompts">Where they start from.</param>
/// <param name="settings">How they are run.</param>
internal sealed class EpisodeDrafts(LoadedModel model, PromptDirectory prompts, WmaSettings settings)
{
    private static readonly JsonSerializerOptions s_argumentNames = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private WorldModelOptions Options => model.Configuration.Options;

    /// <summary>The record as far as it is known before the episode.</summary>
    public async Task<EpisodeRecord> RecordAsync(EpisodePrompt prompt) => new()
    {
        Episode = prompt.Id,
        Status = EpisodeRecord.Failed,
        Instruction = prompt.Row.Instruction,
        Arguments = Arguments(prompt),
        Model = await model.RecordAsync().ConfigureAwait(false),
        Prompt = new PromptRecord(
            Path.GetFullPath(Path.Combine(prompts.Root, prompt.Row.Dataset + ".csv")),
            prompt.Row.Line,
            Path.GetFullPath(prompts.ImagePath(prompt.Row)),
            Path.GetFullPath(prompts.TransitionPath(prompt.Row)),
            PromptDigest.Of(prompts, prompt.Row)),
        Machine = new MachineRecord(Environment.MachineName, model.Model.Device.ToString(), get_num_threads()),
        Video = new VideoRecord(0, settings.Media.Fps, Options.ImageSize.Width, Options.ImageSize.Height, settings.Media.Codec),
        Timings = new TimingRecord(0, 0, 0, 0, 0, 0, 0),
        Versions = Versions.Current,
        Started = DateTimeOffset.Now,
        Ended = DateTimeOffset.Now,
    };

    private JsonObject Arguments(EpisodePrompt prompt)
    {
        // Through text, so that a record that was just made equals one that was read back.
        var (rollout, sampler) = (settings.Rollout, settings.Sampler);
        var text = JsonSerializer.Serialize(
            new
            {
                rollout.Iterations,
                rollout.ExeSteps,
                prompt.FrameStride,
                FpsCondition = prompt.Row.ModelFps(prompt.FrameStride),
                rollout.Seed,
                Noise = sampler.Noise == NoiseChoice.Torch ? "torch" : "philox",
                sampler.DdimSteps,
                sampler.DdimEta,
                sampler.GuidanceScale,
                sampler.GuidanceRescale,
                TimestepSpacing = settings.ToPlan(prompt, 0, 0).Spacing.Name(),
                rollout.ZeroPredictedState,
                rollout.PerFrameAutoencoder,
                rollout.DecodePolicyVideo,
                Dtype = settings.Device.Dtype.ToString().ToLowerInvariant(),
            },
            s_argumentNames);
        return (JsonObject)JsonNode.Parse(text)!;
    }

    /// <summary>The trajectory of an episode.</summary>
    /// <param name="prompt">The episode.</param>
    /// <param name="observation">What it started from.</param>
    /// <param name="actions">Executed actions [N, 16], normalised.</param>
    /// <param name="states">Predicted states [N, 16], normalised.</param>
    public Trajectory Trajectory(EpisodePrompt prompt, PreparedObservation observation, float[] actions, float[] states)
    {
        var transition = prompts.LoadTransition(prompt.Row);
        var metadata = new Dictionary<string, string> { ["episode"] = prompt.Id, ["instruction"] = prompt.Row.Instruction };
        foreach (var (key, value) in new[] { ("action_type", transition.ActionType), ("state_type", transition.StateType), ("robot_type", transition.RobotType) })
        {
            if (value is not null)
            {
                metadata[key] = value;
            }
        }

        return new Trajectory
        {
            Actions = actions,
            States = states,
            StartState = observation.States.Row(PreparedObservation.ObservationSteps - 1).ToArray(),
            ExecuteSteps = settings.Rollout.ExeSteps,
            ActionWidth = observation.ActionWidth,
            StateWidth = observation.StateWidth,
            Statistics = prompts.LoadStatistics(prompt.Row.Dataset),
            Metadata = metadata,
        };
    }
}

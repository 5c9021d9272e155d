using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;
using WorldModelActors.Settings;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Cli;

/// <summary>Runs episodes on a node, also several at once, and leaves each in its folder.</summary>
/// <param name="node">Runs them.</param>
/// <param name="model">The node's model.</param>
/// <param name="prompts">Where they start from.</param>
/// <param name="settings">How they are run.</param>
/// <param name="overwrite">Replace finished episodes.</param>
internal sealed class EpisodeRunner(RolloutNode node, LoadedModel model, PromptDirectory prompts, WmaSettings settings, bool overwrite)
{
    private static readonly JsonSerializerOptions s_argumentNames = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private WorldModelOptions Options => model.Configuration.Options;

    /// <summary>Runs an episode. Whatever goes wrong with it is its outcome, so that others can go on.</summary>
    /// <exception cref="UsageException">Its folder holds a finished episode of another run.</exception>
    public async Task<EpisodeOutcome> RunAsync(EpisodePrompt prompt, string root, CancellationToken stop)
    {
        EpisodeRecord? record = null;
        try
        {
            using var folder = EpisodeFolder.Open(root);
            record = await DraftAsync(prompt).ConfigureAwait(false);
            if (!overwrite && EpisodeFolder.ReadRecord(root) is { Status: EpisodeRecord.Completed } finished)
            {
                return finished.IsSameRun(record)
                    ? new EpisodeOutcome(prompt, root, OutcomeStatus.Kept, finished, null)
                    : throw new UsageException($"{root}: holds this episode from a run with other settings; choose another --out, or replace it with --overwrite");
            }

            folder.Clear();
            try
            {
                record = await RunInAsync(folder, prompt, record, stop).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not UsageException)
            {
                record = record with { Status = EpisodeRecord.Failed, Cause = UserErrors.Describe(failure), Ended = DateTimeOffset.Now };
            }

            folder.Write(record);
            return new EpisodeOutcome(prompt, root, StatusOf(record), record, record.Cause);
        }
        catch (Exception failure) when (failure is not UsageException)
        {
            return new EpisodeOutcome(prompt, root, OutcomeStatus.Failed, record, UserErrors.Describe(failure));
        }
    }

    private async Task<EpisodeRecord> RunInAsync(EpisodeFolder folder, EpisodePrompt prompt, EpisodeRecord draft, CancellationToken stop)
    {
        using var observation = PreparedObservation.Load(prompts, prompt.Row, prompt.FrameStride, Options.ImageSize.Height, Options.ImageSize.Width);
        var plan = settings.ToPlan(prompt, observation.ActionWidth, observation.StateWidth);
        var start = new EpisodeStart(observation.Image.Values.ToArray(), observation.States.Row(PreparedObservation.ObservationSteps - 1).ToArray());
        var frames = folder.BeginVideos((long)plan.Iterations * plan.ExecuteSteps, settings.Media.ToVideoOptions());
        INoiseSource noise = settings.Sampler.Noise == NoiseChoice.Torch ? new TorchNoise(plan.Seed, model.Model.Device) : new PhiloxNoise();
        using var ownedNoise = noise as IDisposable;
        var result = await node.RunAsync(plan, start, noise, frames, stop).ConfigureAwait(false);
        if (result.Frames > 0)
        {
            TrajectoryOf(prompt, observation, result).Save(folder.TrajectoryPath);
        }

        var seconds = result.Elapsed.TotalSeconds;
        return draft with
        {
            Status = result.Status switch
            {
                EpisodeStatus.Completed => EpisodeRecord.Completed,
                EpisodeStatus.Cancelled => EpisodeRecord.Cancelled,
                _ => EpisodeRecord.Failed,
            },
            Cause = result.Status == EpisodeStatus.Failed ? result.Cause : null,
            Iterations = result.Iterations,
            // With several devices it is known only now on which of them it ran.
            Machine = draft.Machine with { Device = result.Device },
            Video = draft.Video with { Frames = result.Frames },
            Timings = new TimingRecord(
                seconds,
                result.Iterations > 0 ? seconds / result.Iterations : 0,
                result.Times.Embed.TotalSeconds,
                result.Times.Policy.TotalSeconds,
                result.Times.World.TotalSeconds,
                result.Times.Decode.TotalSeconds,
                result.Times.Write.TotalSeconds),
            Ended = DateTimeOffset.Now,
        };
    }

    /// <summary>The record as far as it is known before the episode.</summary>
    private async Task<EpisodeRecord> DraftAsync(EpisodePrompt prompt) => new()
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

    private Trajectory TrajectoryOf(EpisodePrompt prompt, PreparedObservation observation, EpisodeResult result)
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
            Actions = result.Actions,
            States = result.States,
            StartState = observation.States.Row(PreparedObservation.ObservationSteps - 1).ToArray(),
            ExecuteSteps = settings.Rollout.ExeSteps,
            ActionWidth = observation.ActionWidth,
            StateWidth = observation.StateWidth,
            Statistics = prompts.LoadStatistics(prompt.Row.Dataset),
            Metadata = metadata,
        };
    }

    private static OutcomeStatus StatusOf(EpisodeRecord record) => record.Status switch
    {
        EpisodeRecord.Completed => OutcomeStatus.Completed,
        EpisodeRecord.Cancelled => OutcomeStatus.Cancelled,
        _ => OutcomeStatus.Failed,
    };
}

/// <summary>Versions of this software and of what it stands on.</summary>
internal static class Versions
{
    public static string Wma { get; } = typeof(Versions).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    public static VersionRecord Current => new(Wma, __version__, Environment.Version.ToString(), RuntimeInformation.OSDescription);
}

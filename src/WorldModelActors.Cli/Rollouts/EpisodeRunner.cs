using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>Runs episodes on a node, also several at once, and leaves each in its folder.</summary>
/// <param name="node">Runs them.</param>
/// <param name="model">The node's model.</param>
/// <param name="prompts">Where they start from.</param>
/// <param name="settings">How they are run.</param>
/// <param name="overwrite">Replace finished episodes.</param>
internal sealed class EpisodeRunner(RolloutNode node, LoadedModel model, PromptDirectory prompts, WmaSettings settings, bool overwrite)
{
    private readonly EpisodeDrafts _drafts = new(model, prompts, settings);

    private WorldModelOptions Options => model.Configuration.Options;

    /// <summary>Runs an episode. Whatever goes wrong with it is its outcome, so that others can go on.</summary>
    /// <exception cref="UsageException">Its folder holds a finished episode of another run.</exception>
    public async Task<EpisodeOutcome> RunAsync(EpisodePrompt prompt, string root, CancellationToken stop)
    {
        EpisodeRecord? record = null;
        try
        {
            using var folder = EpisodeFolder.Open(root);
            record = await _drafts.RecordAsync(prompt).ConfigureAwait(false);
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
            _drafts.Trajectory(prompt, observation, result.Actions, result.States).Save(folder.TrajectoryPath);
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

    private static OutcomeStatus StatusOf(EpisodeRecord record) => record.Status switch
    {
        EpisodeRecord.Completed => OutcomeStatus.Completed,
        EpisodeRecord.Cancelled => OutcomeStatus.Cancelled,
        _ => OutcomeStatus.Failed,
    };
}

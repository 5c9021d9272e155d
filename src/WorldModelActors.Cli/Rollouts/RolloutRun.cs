using WorldModelActors.Engine;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;
using WorldModelActors.Settings;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Cli;

/// <summary>A run of episodes: everything is checked first, then the model is loaded, then episode follows episode.</summary>
/// <param name="settings">What to run.</param>
/// <param name="root">Where results go.</param>
internal sealed class RolloutRun(WmaSettings settings, string root)
{
    /// <summary>Bytes of a checkpoint that takes long enough to say so.</summary>
    private const long LargeCheckpoint = 1L << 30;

    /// <summary>Replace finished episodes.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Neither progress nor summary.</summary>
    public bool Quiet { get; init; }

    /// <summary>The summary names every file.</summary>
    public bool ListFiles { get; init; } = true;

    /// <summary>The summary as JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Runs it.</summary>
    /// <returns>The exit code, and what became of each episode.</returns>
    public async Task<(int ExitCode, IReadOnlyList<EpisodeOutcome> Outcomes)> RunAsync()
    {
        var configuration = ModelConfiguration.Load(settings.Model.Path ?? throw new UsageException("no model: give --model DIR|YAML (wma demo needs none)"));
        var prompts = PromptDirectory.Open(settings.Rollout.Prompts ?? throw new UsageException("no prompts: give --prompts DIR (wma demo needs none)"), settings.Rollout.Dataset);
        var episodes = EpisodePrompt.Select(prompts, settings.Rollout.Episodes, settings.Rollout.FrameStride);
        var device = settings.Device.ToDevice();
        var dtype = settings.Device.ToDtype(device);
        Check(configuration, prompts, episodes);

        var outcomes = new List<EpisodeOutcome>();
        var display = Consoles.Display(Quiet);
        var interrupted = false;
        await using (display.ConfigureAwait(false))
        {
            set_num_threads(settings.Device.ThreadCount());
            if (settings.Model.RandomWeights is null && LoadedModel.CheckpointOf(settings.Model, configuration) is var checkpoint && new FileInfo(checkpoint) is { Exists: true, Length: > LargeCheckpoint } file)
            {
                display.Note($"loading {checkpoint}, {Texts.Bytes(file.Length)}");
            }

            using var model = LoadedModel.Load(settings.Model, configuration, device, dtype);
            display.Note(
                $"{Texts.Count(model.Parameters)} parameters, {Texts.Bytes(model.Bytes)} on {device} in {Texts.Seconds(model.Elapsed.TotalSeconds)} s "
                + $"(libtorch {__version__}, {get_num_threads()} threads)");

            using var interrupts = new Interrupts(() => display.Note("stopping: finishing the frame in hand (again to quit at once)"));
            var progress = new RolloutProgress(episodes.Count, TimeProvider.System);
            var node = await RolloutNode.StartAsync(EmbeddedEngine.Instance, model.Model, settings.ToRolloutOptions(), progress).ConfigureAwait(false);
            await using (node.ConfigureAwait(false))
            {
                display.Follow(progress);
                var runner = new EpisodeRunner(node, model, prompts, settings, Overwrite);
                foreach (var episode in episodes)
                {
                    var folder = Path.Combine([root, .. episode.Id.Split('/')]);
                    if (interrupts.Token.IsCancellationRequested)
                    {
                        outcomes.Add(new EpisodeOutcome(episode, folder, OutcomeStatus.NotRun, null, null));
                        continue;
                    }

                    var outcome = await runner.RunAsync(episode, folder, interrupts.Token).ConfigureAwait(false);
                    if (outcome.Status == OutcomeStatus.Kept)
                    {
                        progress.EpisodeKept(episode.Id);
                    }

                    outcomes.Add(outcome);
                }

                interrupted = interrupts.Token.IsCancellationRequested;
            }
        }

        if (Json)
        {
            RolloutSummary.PrintJson(Console.Out, root, outcomes);
        }
        else if (!Quiet)
        {
            RolloutSummary.Print(Consoles.Output(), Console.Out, outcomes);
            if (ListFiles)
            {
                RolloutSummary.PrintFiles(Console.Out, root, outcomes);
            }
        }

        foreach (var outcome in outcomes.Where(outcome => Quiet && outcome.Cause is not null))
        {
            Console.Error.WriteLine($"wma: {outcome.Prompt.Id} failed: {outcome.Cause}");
        }

        var exitCode = interrupted ? ExitCode.Interrupted
            : outcomes.Any(outcome => outcome.Status == OutcomeStatus.Failed) ? ExitCode.Failed
            : ExitCode.Done;
        return (exitCode, outcomes);
    }

    /// <summary>Reads everything that the episodes start from once, so that what is wrong is said before any work is done.</summary>
    private void Check(ModelConfiguration configuration, PromptDirectory prompts, IReadOnlyList<EpisodePrompt> episodes)
    {
        if (settings.Model.RandomWeights is null)
        {
            _ = LoadedModel.CheckpointOf(settings.Model, configuration);
        }

        var options = configuration.Options;
        var (height, width) = options.ImageSize;
        foreach (var episode in episodes)
        {
            using var observation = PreparedObservation.Load(prompts, episode.Row, episode.FrameStride, height, width);
            var plan = settings.ToPlan(episode, observation.ActionWidth, observation.StateWidth);
            plan.Validate(options.UNet.TemporalLength);
            _ = plan.Spacing.Timesteps(plan.DdimSteps, options.Diffusion.Timesteps);
        }

        EpisodeFolder.RequireWritable(root);
        VideoWriter.Create(Path.Combine(root, "video.mp4"), height, width, settings.Media.Fps, settings.Media.Codec).Dispose();
    }
}

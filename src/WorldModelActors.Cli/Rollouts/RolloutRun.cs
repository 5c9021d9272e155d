using WorldModelActors.Engine;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;
using WorldModelActors.Settings;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Cli;

/// <summary>A run of episodes: everything is checked first, then the models are loaded, then the episodes run, as many at a time as asked for.</summary>
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
        var engine = settings.Engine.ToEngine();
        var devices = settings.Device.ToDevices();
        _ = devices.Select(device => settings.Device.ToDtype(device)).ToList();
        Check(configuration, prompts, episodes);

        IReadOnlyList<EpisodeOutcome> outcomes;
        var display = Consoles.Display(Quiet);
        bool interrupted;
        await using (display.ConfigureAwait(false))
        {
            set_num_threads(settings.Device.ThreadCount());
            settings.SetMathMode(devices);
            if (settings.Model.RandomWeights is null && LoadedModel.CheckpointOf(settings.Model, configuration) is var checkpoint && new FileInfo(checkpoint) is { Exists: true, Length: > LargeCheckpoint } file)
            {
                display.Note($"loading {checkpoint}, {Texts.Bytes(file.Length)}");
            }

            var telemetry = new RunTelemetry(settings.Telemetry, [.. episodes.Select(episode => episode.Id)], display.Note);
            await using (telemetry.ConfigureAwait(false))
            {
                using var models = ModelSet.Load(settings, configuration, devices);
                display.Note(models.Describe());
                using var interrupts = new Interrupts(() => display.Note("stopping: finishing the frames in hand (again to quit at once)"));
                outcomes = await RunAsync(engine, models, prompts, episodes, telemetry, display, interrupts.Token).ConfigureAwait(false);
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

    private async Task<IReadOnlyList<EpisodeOutcome>> RunAsync(
        IActorEngine engine,
        ModelSet models,
        PromptDirectory prompts,
        IReadOnlyList<EpisodePrompt> episodes,
        RunTelemetry telemetry,
        IRolloutDisplay display,
        CancellationToken interrupted)
    {
        var node = await StartAsync(engine, models, telemetry).ConfigureAwait(false);
        await using (node.ConfigureAwait(false))
        {
            telemetry.Watch(node);
            display.Follow(telemetry.Progress);
            var runner = new EpisodeRunner(node, models.First, prompts, settings, Overwrite);
            return await EpisodeSchedule.RunAsync(
                episodes.Count,
                settings.Rollout.EpisodesInFlight,
                async (i, stop) =>
                {
                    var episode = episodes[i];
                    var folder = Path.Combine([root, .. episode.Id.Split('/')]);
                    if (stop.IsCancellationRequested)
                    {
                        return new EpisodeOutcome(episode, folder, OutcomeStatus.NotRun, null, null);
                    }

                    var outcome = await runner.RunAsync(episode, folder, stop).ConfigureAwait(false);
                    if (outcome.Status == OutcomeStatus.Kept)
                    {
                        telemetry.Progress.EpisodeKept(episode.Id);
                    }

                    return outcome;
                },
                interrupted).ConfigureAwait(false);
        }
    }

    private Task<RolloutNode> StartAsync(IActorEngine engine, ModelSet models, RunTelemetry telemetry) => RolloutNode.StartAsync(
        engine,
        [.. models.Models.Select(model => new RolloutDevice(model.Device.ToString(), model))],
        settings.ToRolloutOptions(),
        telemetry.Observer,
        new ActorSystemOptions { Events = telemetry.Events });

    /// <summary>Reads everything that the episodes start from once, so that what is wrong is said before any work is done.</summary>
    private void Check(ModelConfiguration configuration, PromptDirectory prompts, IReadOnlyList<EpisodePrompt> episodes)
    {
        if (settings.Sampler.Noise == NoiseChoice.Torch && settings.Rollout.EpisodesInFlight > 1)
        {
            throw new UsageException(
                $"--episodes-in-flight {settings.Rollout.EpisodesInFlight}: --noise torch draws in the order of one episode after the other; use --noise philox, or one episode at a time");
        }

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

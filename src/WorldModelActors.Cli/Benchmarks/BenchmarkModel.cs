using System.CommandLine;
using WorldModelActors.Benchmarks;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>The model and the episodes of a benchmark: those of the settings, or the demo's.</summary>
internal sealed class BenchmarkModel : IDisposable
{
    private readonly ModelSet _models;

    private BenchmarkModel(ModelSet models, IReadOnlyList<BenchmarkEpisode> episodes)
    {
        _models = models;
        Episodes = episodes;
    }

    public WorldModel Model => _models.First.Model;

    public IReadOnlyList<BenchmarkEpisode> Episodes { get; }

    /// <summary>The settings of a benchmark's command line; without a model those of the demo.</summary>
    public static WmaSettings Settings(ParseResult line, SettingOptionSet options)
    {
        var layers = options.Layers(line);
        if (layers.Any(layer => layer.Has("wma.model.path")))
        {
            return WmaSettings.Load(layers);
        }

        var demo = DemoModel.Find();
        return WmaSettings.Load(options.Layers(line, built => built
            .Set("wma.model.path", line.CommandResult.Command.Name, demo.Root)
            .Set("wma.model.clip-vocab", line.CommandResult.Command.Name, demo.Merges)
            .Set("wma.rollout.prompts", line.CommandResult.Command.Name, demo.Prompts)));
    }

    /// <summary>Loads the model and prepares the episodes.</summary>
    /// <exception cref="UsageException">There are no prompts, or several devices.</exception>
    public static BenchmarkModel Load(WmaSettings settings)
    {
        var devices = settings.Device.ToDevices();
        if (devices.Count > 1)
        {
            throw new UsageException($"--device {settings.Device.Name}: a benchmark runs on one device; name it");
        }

        var configuration = ModelConfiguration.Load(settings.Model.Path!);
        var prompts = PromptDirectory.Open(settings.Rollout.Prompts ?? throw new UsageException("no prompts: give --prompts DIR"), settings.Rollout.Dataset);
        var (height, width) = configuration.Options.ImageSize;
        List<BenchmarkEpisode> episodes = [];
        foreach (var prompt in EpisodePrompt.Select(prompts, settings.Rollout.Episodes, settings.Rollout.FrameStride).Take(settings.Rollout.EpisodesInFlight))
        {
            using var observation = PreparedObservation.Load(prompts, prompt.Row, prompt.FrameStride, height, width);
            var plan = settings.ToPlan(prompt, observation.ActionWidth, observation.StateWidth);
            var start = new EpisodeStart(observation.Image.Values.ToArray(), observation.States.Row(PreparedObservation.ObservationSteps - 1).ToArray());
            episodes.Add(new BenchmarkEpisode(plan, start));
        }

        return new BenchmarkModel(ModelSet.Load(settings, configuration, devices), episodes);
    }

    public void Dispose() => _models.Dispose();
}

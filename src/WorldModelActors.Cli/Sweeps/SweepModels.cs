using WorldModelActors.Episodes;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Sampling;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>Checks the points of a sweep against their models, so that what cannot run is said before nodes try.</summary>
internal static class SweepModels
{
    private static readonly string[] s_keys = ["wma.model.path", "wma.model.checkpoint", "wma.model.random-weights", "wma.rollout.exe-steps", "wma.sampler.ddim-steps", "wma.sampler.timestep-spacing"];

    /// <exception cref="SweepException">A point cannot run.</exception>
    public static void Check(PlannedSweep planned)
    {
        var models = new Dictionary<string, ModelConfiguration>(StringComparer.Ordinal);
        foreach (var spec in planned.Examples.DistinctBy(spec => string.Join('\n', s_keys.Select(key => spec.Settings.GetValueOrDefault(key)))))
        {
            var overrides = new SettingOverrides();
            foreach (var (key, value) in spec.Settings)
            {
                overrides.Set(key, key, value);
            }

            var settings = WmaSettings.Load([overrides.ToConfig()]);
            var path = settings.Model.Path!;
            if (!models.TryGetValue(path, out var model))
            {
                models.Add(path, model = ModelConfiguration.Load(path));
            }

            if (settings.Model.RandomWeights is null)
            {
                _ = LoadedModel.CheckpointOf(settings.Model, model);
            }

            // Neither the prompt nor the widths of its robot play a part in what is checked here.
            var prompt = new EpisodePrompt(spec.PromptName, new PromptRow(spec.Dataset, spec.VideoId, "", "", 1, 1), 1);
            var plan = settings.ToPlan(prompt, 1, 1);
            plan.Validate(model.Options.UNet.TemporalLength);
            _ = plan.Spacing.Timesteps(plan.DdimSteps, model.Options.Diffusion.Timesteps);
        }
    }
}

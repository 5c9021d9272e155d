using WorldModelActors.Models;

namespace WorldModelActors.Cli;

/// <summary>The keys of a model's checkpoints.</summary>
internal static class ModelSchema
{
    /// <summary>Builds the networks of a configuration without weights, whatever their size, and takes what they declare.</summary>
    /// <param name="path">Model directory or configuration file.</param>
    public static WeightSchema Of(string path)
    {
        var configuration = ModelConfiguration.Load(path);
        var weights = new MetaWeights();
        using var model = WorldModel.Build(configuration.Options, weights);
        return weights.Schema;
    }
}

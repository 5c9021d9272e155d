using WorldModelActors.Torch;

namespace WorldModelActors.Media;

/// <summary>
/// The statistics of a data set (<c>stats.safetensors</c>: float32 tensors named <c>feature/max|mean|min|std</c>) that
/// normalisation needs: those of <c>action</c> and of <c>observation.state</c>. Other features are ignored.
/// </summary>
public sealed class DatasetStatistics
{
    /// <summary>Statistics used for every key that contains "action".</summary>
    public const string ActionFeature = "action";

    /// <summary>Statistics used for every key that contains "state".</summary>
    public const string StateFeature = "observation.state";

    public DatasetStatistics(FeatureStatistics action, FeatureStatistics state)
    {
        Action = action;
        State = state;
    }

    public FeatureStatistics Action { get; }

    public FeatureStatistics State { get; }

    /// <summary>Reads the file.</summary>
    /// <exception cref="PromptDataException">It is missing or damaged, or lacks the minimum or the maximum of a feature.</exception>
    public static DatasetStatistics Load(string path)
    {
        try
        {
            using var file = SafetensorsFile.Open(path);
            return new DatasetStatistics(Read(file, path, ActionFeature), Read(file, path, StateFeature));
        }
        catch (SafetensorsException cause)
        {
            throw new PromptDataException($"{cause.Message}; the data set's statistics are needed to normalise actions and states.", cause);
        }
    }

    /// <summary>The statistics for a key of a batch, e.g. <c>action</c> or <c>observation.state</c>; null when the key is left alone.</summary>
    public FeatureStatistics? ForKey(string key) =>
        key.Contains("action", StringComparison.Ordinal) ? Action
        : key.Contains("state", StringComparison.Ordinal) ? State
        : null;

    private static FeatureStatistics Read(SafetensorsFile file, string path, string feature)
    {
        var min = Vector(file, path, feature + "/min") ?? throw Missing(file, path, feature + "/min");
        var max = Vector(file, path, feature + "/max") ?? throw Missing(file, path, feature + "/max");
        var mean = Vector(file, path, feature + "/mean");
        var std = Vector(file, path, feature + "/std");
        foreach (var (name, vector) in new[] { ("max", max), ("mean", mean), ("std", std) })
        {
            if (vector is not null && vector.Length != min.Length)
            {
                throw new PromptDataException($"{path}: '{feature}/{name}' has {vector.Length} values but '{feature}/min' has {min.Length}.");
            }
        }

        return new FeatureStatistics($"{path}: {feature}", min, max, mean, std);
    }

    private static float[]? Vector(SafetensorsFile file, string path, string key)
    {
        if (!file.Contains(key))
        {
            return null;
        }

        var shape = file.Entry(key).Shape;
        if (shape.Count != 1 || shape[0] is < 1 or > 4096)
        {
            throw new PromptDataException($"{path}: '{key}' has the shape [{string.Join(", ", shape)}]; expected one value per dimension.");
        }

        var values = file.ReadFloats(key);
        return Array.TrueForAll(values, float.IsFinite)
            ? values
            : throw new PromptDataException($"{path}: '{key}' holds values that are not finite.");
    }

    private static PromptDataException Missing(SafetensorsFile file, string path, string key)
    {
        var found = file.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal).Take(20);
        return new PromptDataException($"{path}: '{key}' is missing; the file has: {string.Join(", ", found)}.");
    }
}

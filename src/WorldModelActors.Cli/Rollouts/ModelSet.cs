using WorldModelActors.Models;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>One model on each device of a run.</summary>
internal sealed class ModelSet : IDisposable
{
    private readonly List<LoadedModel> _models = [];

    /// <summary>The model of the first device; the others have the same weights.</summary>
    public LoadedModel First => _models[0];

    /// <summary>One for each device.</summary>
    public IReadOnlyList<WorldModel> Models => [.. _models.Select(m => m.Model)];

    /// <summary>Loads them, one after the other.</summary>
    public static ModelSet Load(WmaSettings settings, ModelConfiguration configuration, IReadOnlyList<Device> devices)
    {
        var set = new ModelSet();
        try
        {
            foreach (var device in devices)
            {
                set._models.Add(LoadedModel.Load(settings.Model, configuration, device, settings.Device.ToDtype(device), set._models.FirstOrDefault()));
            }

            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>What was loaded, in one line.</summary>
    public string Describe() =>
        $"{Texts.Count(First.Parameters)} parameters, {Texts.Bytes(First.Bytes)} on {string.Join(", ", _models.Select(m => m.Model.Device))} "
        + $"in {Texts.Seconds(_models.Sum(m => m.Elapsed.TotalSeconds))} s (libtorch {__version__}, {get_num_threads()} threads)";

    public void Dispose() => _models.ForEach(m => m.Dispose());
}

using System.Diagnostics;
using System.Security.Cryptography;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>A model in memory, and where it came from.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly string? _checkpoint;
    private readonly Task<string> _digest;

    private LoadedModel(WorldModel model, ModelConfiguration configuration, string? checkpoint, Task<string> digest, long parameters, long bytes, TimeSpan elapsed)
    {
        Model = model;
        Configuration = configuration;
        _checkpoint = checkpoint;
        _digest = digest;
        Parameters = parameters;
        Bytes = bytes;
        Elapsed = elapsed;
    }

    public WorldModel Model { get; }

    public ModelConfiguration Configuration { get; }

    /// <summary>Parameters of the model, those included that inference does not read.</summary>
    public long Parameters { get; }

    /// <summary>Bytes of its weights in memory.</summary>
    public long Bytes { get; }

    /// <summary>What loading took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Loads the model of the settings.</summary>
    /// <param name="settings">Which checkpoint and vocabulary.</param>
    /// <param name="configuration">The model's configuration.</param>
    /// <param name="device">Where the weights go.</param>
    /// <param name="dtype">Type of the networks.</param>
    /// <param name="like">The same model on another device, whose digest need not be computed again; null where there is none.</param>
    public static LoadedModel Load(ModelSettings settings, ModelConfiguration configuration, Device device, ScalarType dtype, LoadedModel? like = null)
    {
        var clock = Stopwatch.StartNew();
        var options = configuration.Options;
        var folder = Path.GetDirectoryName(Path.GetFullPath(configuration.Path));
        var vocabulary = ClipVocabulary.Load(ClipVocabulary.Locate(settings.ClipVocab, folder), options.ClipText.VocabSize);
        var checkpoint = settings.RandomWeights is null ? CheckpointOf(settings, configuration) : null;
        WeightStore weights = checkpoint is null
            ? new RandomWeights((ulong)settings.RandomWeights!.Value, options.LatentSize, WorldModelSchedule.ComputedBuffers(options.Diffusion), device, dtype)
            : CheckpointWeights.Open(checkpoint, device, dtype);
        var model = WorldModel.Build(options, weights, new ClipTokenizer(vocabulary).Tokenize);
        try
        {
            (weights as CheckpointWeights)?.Complete();
            var digest = like is not null ? like._digest
                : checkpoint is null
                ? Task.FromResult(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"random weights, seed {settings.RandomWeights}"))
                : Task.Run(() => CheckpointDigest.OfAsync(checkpoint));
            return new LoadedModel(model, configuration, checkpoint, digest, weights.Schema.ParameterCount, weights.ByteCount, clock.Elapsed);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The checkpoint that would be loaded.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static string CheckpointOf(ModelSettings settings, ModelConfiguration configuration) =>
        settings.Checkpoint ?? configuration.CheckpointPath ?? throw new UsageException(
            $"{configuration.Path}: no weights beside it (model.safetensors or model.ckpt): give them with --ckpt FILE, or try the configuration with --random-weights SEED");

    /// <summary>The model for the record of an episode. The checkpoint's digest is computed beside the first episode.</summary>
    public async Task<Media.ModelRecord> RecordAsync() => new(
        Path.GetFullPath(Configuration.Path),
        Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Configuration.Path).ConfigureAwait(false))),
        _checkpoint is null ? null : Path.GetFullPath(_checkpoint),
        await _digest.ConfigureAwait(false),
        Parameters);

    public void Dispose() => Model.Dispose();
}

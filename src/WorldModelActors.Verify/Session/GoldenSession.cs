using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>A directory under verification and what its files share: the model, the tokenizer, the index.</summary>
internal sealed class GoldenSession : IDisposable
{
    public const string WeightsFile = "model.safetensors";

    /// <summary>Why a check of the text is skipped.</summary>
    public const string NoVocabulary = "needs the CLIP merges file: give it with --clip-vocab FILE or WMA_CLIP_VOCAB";

    private readonly VerifyOptions _options;
    private readonly Dictionary<string, GoldenModel> _models = new(StringComparer.Ordinal);
    private WorldModelOptions? _configuration;
    private bool _tokenizerSought;
    private ClipTokenizer? _tokenizer;

    public GoldenSession(string directory, IReadOnlyList<GoldenEntry> index, VerifyOptions options)
    {
        Directory = directory;
        Index = index;
        _options = options;
    }

    public string Directory { get; }

    public IReadOnlyList<GoldenEntry> Index { get; }

    /// <summary>Sizes of the set's model.</summary>
    public WorldModelOptions Configuration => _configuration ??= ModelConfiguration.Load(Directory).Options;

    /// <summary>The tokenizer of the set's text tower; null where there is no vocabulary.</summary>
    public ClipTokenizer? Tokenizer
    {
        get
        {
            if (!_tokenizerSought)
            {
                _tokenizerSought = true;
                _tokenizer = VocabularyFinder.Find(_options.ClipVocabulary, Directory) is { } path
                    ? new ClipTokenizer(ClipVocabulary.Load(path, Configuration.ClipText.VocabSize))
                    : null;
            }

            return _tokenizer;
        }
    }

    /// <summary>The set's model.</summary>
    /// <exception cref="MissingPieceException">The directory leaves its weights out.</exception>
    public GoldenModel Model => ModelOf("");

    /// <summary>Full path of a file of the directory.</summary>
    public string PathOf(string name) => Path.Combine(Directory, name);

    /// <summary>
    /// The model that an entry belongs to: a folder with a configuration and a complete checkpoint of its own has its own model,
    /// everything else the set's.
    /// </summary>
    public GoldenModel ModelOf(GoldenEntry entry) => ModelOf(entry.Folder.Length > 0 && File.Exists(PathOf(Path.Combine(entry.Folder, "config.json"))) ? entry.Folder : "");

    public void Dispose()
    {
        foreach (var model in _models.Values)
        {
            model.Dispose();
        }

        _models.Clear();
    }

    private GoldenModel ModelOf(string folder)
    {
        if (!_models.TryGetValue(folder, out var model))
        {
            _models.Add(folder, model = folder.Length == 0 ? LoadOwn() : LoadOf(folder));
        }

        return model;
    }

    private GoldenModel LoadOwn() => File.Exists(PathOf(WeightsFile))
        ? GoldenModel.Load(Configuration, PathOf(WeightsFile), Tokenizer is { } tokenizer ? tokenizer.Tokenize : null)
        : throw new MissingPieceException($"needs {WeightsFile}, which is not in this directory");

    private GoldenModel LoadOf(string folder)
    {
        var name = CompleteCheckpoint(folder) ?? throw new MissingPieceException($"needs the complete checkpoint of {folder}/, which is not in this directory");
        WorldModelOptions options;
        using (var checkpoint = Checkpoint.Open(PathOf(name)))
        {
            options = CompletedConfiguration.Load(PathOf(Path.Combine(folder, "config.json")), checkpoint);
        }

        return GoldenModel.Load(options, PathOf(name), tokenize: null);
    }

    /// <summary>The folder's checkpoint that is not a part: the largest one.</summary>
    public string? CompleteCheckpoint(string folder) => Index
        .Where(e => e.Folder == folder && Path.GetExtension(e.Name) is ".ckpt" or ".pt" or ".safetensors" && e.Upstream.Contains("load_model_checkpoint", StringComparison.Ordinal))
        .Select(e => e.Name)
        .Where(name => File.Exists(PathOf(name)))
        .MaxBy(name => new FileInfo(PathOf(name)).Length);
}

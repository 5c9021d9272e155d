namespace WorldModelActors.Models;

/// <summary>
/// A model configuration file and what lies beside it. Reads upstream's YAML schema, the same in JSON, and a model directory
/// (<c>config.yaml</c> or <c>config.json</c>, <c>clip.json</c>, <c>model.safetensors</c>, <c>merges.txt.gz</c>).
/// </summary>
public sealed class ModelConfiguration
{
    private const long LongestFile = 1 << 20;

    private ModelConfiguration(string path, WorldModelOptions options, string? checkpointPath, string? mergesPath)
    {
        Path = path;
        Options = options;
        CheckpointPath = checkpointPath;
        MergesPath = mergesPath;
    }

    /// <summary>The configuration file.</summary>
    public string Path { get; }

    /// <summary>Sizes and settings of the model.</summary>
    public WorldModelOptions Options { get; }

    /// <summary>The checkpoint beside the configuration, if there is one.</summary>
    public string? CheckpointPath { get; }

    /// <summary>The tokenizer's merges file beside the configuration, if there is one.</summary>
    public string? MergesPath { get; }

    /// <summary>Loads a configuration.</summary>
    /// <param name="path">A YAML or JSON file, or a directory that holds <c>config.yaml</c>, <c>config.yml</c> or <c>config.json</c>.</param>
    /// <exception cref="ConfigurationException">It is missing, unreadable, wrong or asks for something unsupported.</exception>
    public static ModelConfiguration Load(string path)
    {
        var file = FindFile(path);
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file))!;
        var clipPath = System.IO.Path.Combine(folder, "clip.json");
        WorldModelOptions options;
        try
        {
            var clip = File.Exists(clipPath) ? InFile("clip.json", () => JsonDocumentReader.Parse(ReadText(clipPath))) : null;
            options = Parse(ReadText(file), isJson: file.EndsWith(".json", StringComparison.OrdinalIgnoreCase), clip);
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException($"{file}: {e.Message}", e);
        }

        return new ModelConfiguration(file, options, FindBeside(folder, "model.safetensors", "model.ckpt"), FindBeside(folder, "merges.txt.gz", "bpe_simple_vocab_16e6.txt.gz"));
    }

    /// <summary>Reads a configuration from text.</summary>
    internal static WorldModelOptions Parse(string text, bool isJson, ConfigNode? clip = null)
        => WorldModelConfiguration.Read(isJson ? JsonDocumentReader.Parse(text) : YamlDocument.Parse(text), clip);

    private static string FindFile(string path)
    {
        if (File.Exists(path))
        {
            return path;
        }

        if (!Directory.Exists(path))
        {
            throw new ConfigurationException($"{path}: no such file or directory");
        }

        return FindBeside(path, "config.yaml", "config.yml", "config.json")
            ?? throw new ConfigurationException($"{path}: holds neither config.yaml nor config.json; give a model directory or a configuration file");
    }

    private static string? FindBeside(string folder, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var path = System.IO.Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    private static string ReadText(string path)
    {
        try
        {
            return new FileInfo(path).Length <= LongestFile
                ? File.ReadAllText(path)
                : throw new ConfigurationException($"is larger than {LongestFile} bytes, hence no model configuration");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"cannot be read: {e.Message}", e);
        }
    }

    private static T InFile<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException($"{name}: {e.Message}", e);
        }
    }
}

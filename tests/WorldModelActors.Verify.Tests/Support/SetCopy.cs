using System.Text.Json.Nodes;

namespace WorldModelActors.Verify.Tests;

/// <summary>A small golden set in a temporary folder, to be damaged: some files of the repository's set with their index.</summary>
internal sealed class SetCopy : IDisposable
{
    private readonly JsonObject _index = [];
    private readonly string _source;

    /// <summary>Copies of files of the repository's set.</summary>
    public SetCopy(params string[] files)
        : this(GoldenDirectories.Repository, files)
    {
    }

    private SetCopy(string source, string[] files)
    {
        _source = source;
        File.Copy(Path.Combine(source, "config.json"), PathOf("config.json"));
        var original = JsonNode.Parse(File.ReadAllText(Path.Combine(source, GoldenIndex.FileName)))!.AsObject();
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
            if (File.Exists(Path.Combine(source, file)))
            {
                File.Copy(Path.Combine(source, file), PathOf(file));
            }

            _index[file] = original[file]!.DeepClone();
        }

        WriteIndex();
    }

    /// <summary>Copies of files of the full set, with its model and prompts.</summary>
    public static SetCopy OfFullSet(params string[] files)
    {
        var set = new SetCopy(GoldenDirectories.Full, files);
        File.CreateSymbolicLink(set.PathOf("model.safetensors"), Path.Combine(set._source, "model.safetensors"));
        Directory.CreateSymbolicLink(set.PathOf("prompts"), Path.Combine(set._source, "prompts"));
        return set;
    }

    /// <summary>Replaces the link to the full set's model by a copy that may be changed.</summary>
    public SetCopy WithOwnModel()
    {
        File.Delete(PathOf(GoldenSession.WeightsFile));
        File.Copy(Path.Combine(_source, GoldenSession.WeightsFile), PathOf(GoldenSession.WeightsFile));
        return this;
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("wma-verify-").FullName;

    public string PathOf(string file) => Path.Combine(Folder, file);

    /// <summary>Changes the index.</summary>
    public void Index(Action<JsonObject> change)
    {
        change(_index);
        WriteIndex();
    }

    /// <summary>Rewrites a safetensors file: <paramref name="change"/> gets every float32 tensor; null leaves it out.</summary>
    public void Rewrite(string file, Func<string, float[], float[]?> change, params (string Name, long[] Shape, float[] Values)[] added)
    {
        var writer = new SafetensorsWriter();
        using (var old = SafetensorsFile.Open(PathOf(file)))
        {
            foreach (var entry in old.Entries)
            {
                if (entry.Type != ElementType.Float32)
                {
                    writer.Add(entry.Name, entry.Type, entry.Shape, old.Bytes(entry.Name).ToArray());
                }
                else if (change(entry.Name, old.ReadFloats(entry.Name)) is { } values)
                {
                    writer.Add(entry.Name, entry.Shape, values);
                }
            }
        }

        foreach (var (name, shape, values) in added)
        {
            writer.Add(name, shape, values);
        }

        writer.Save(PathOf(file));
    }

    public IReadOnlyList<GoldenResult> Verify() =>
        GoldenVerifier.Run(Folder, new VerifyOptions { ClipVocabulary = "" }, TestContext.Current.CancellationToken);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void WriteIndex() => File.WriteAllText(PathOf(GoldenIndex.FileName), _index.ToJsonString());
}

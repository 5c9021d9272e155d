using System.Text.Json.Nodes;

namespace WorldModelActors.Verify.Tests;

/// <summary>A small golden set in a temporary folder, to be damaged: some files of the repository's set with their index.</summary>
internal sealed class SetCopy : IDisposable
{
    private readonly JsonObject _index = [];

    public SetCopy(params string[] files)
    {
        File.Copy(Path.Combine(GoldenDirectories.Repository, "config.json"), PathOf("config.json"));
        var original = JsonNode.Parse(File.ReadAllText(Path.Combine(GoldenDirectories.Repository, GoldenIndex.FileName)))!.AsObject();
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
            if (File.Exists(Path.Combine(GoldenDirectories.Repository, file)))
            {
                File.Copy(Path.Combine(GoldenDirectories.Repository, file), PathOf(file));
            }

            _index[file] = original[file]!.DeepClone();
        }

        WriteIndex();
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

    public IReadOnlyList<GoldenResult> Verify() => GoldenVerifier.Run(Folder, cancellationToken: TestContext.Current.CancellationToken);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void WriteIndex() => File.WriteAllText(PathOf(GoldenIndex.FileName), _index.ToJsonString());
}

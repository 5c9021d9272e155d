namespace WorldModelActors.EndToEnd.Tests;

/// <summary>A folder of its own for one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Root = Directory.CreateTempSubdirectory("wma-e2e-").FullName;

    public string Root { get; }

    public string this[params string[] parts] => Path.Combine([Root, .. parts]);

    /// <summary>Writes a file and gives its path.</summary>
    public string Write(string name, string text)
    {
        var path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>The demo's prompts as a folder of their own, to be damaged.</summary>
    public string CopyPrompts()
    {
        var target = this["prompts"];
        foreach (var source in Directory.EnumerateFiles(RepositoryPaths.DemoPrompts, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(target, Path.GetRelativePath(RepositoryPaths.DemoPrompts, source));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(source, path);
        }

        return target;
    }

    /// <summary>The demo's model directory as a folder of its own, to be damaged; its weights are a link.</summary>
    public string CopyModel()
    {
        var target = Directory.CreateDirectory(this["model"]).FullName;
        foreach (var name in new[] { "config.yaml", "clip.json", "merges.txt.gz" })
        {
            File.Copy(Path.Combine(RepositoryPaths.DemoModel, name), Path.Combine(target, name));
        }

        File.CreateSymbolicLink(Path.Combine(target, "model.safetensors"), Path.Combine(RepositoryPaths.DemoModel, "model.safetensors"));
        return target;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

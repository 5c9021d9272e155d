namespace WorldModelActors.Verify;

/// <summary>What the index says of a file.</summary>
/// <param name="Name">Path relative to the directory; a folder ends in a slash.</param>
/// <param name="What">What it holds, in words.</param>
/// <param name="Upstream">The reference's functions that made it.</param>
/// <param name="Parameters">Parameters of the run.</param>
/// <param name="Tensors">Names of the tensors that it must have.</param>
internal sealed record GoldenEntry(string Name, string What, string Upstream, GoldenParameters Parameters, IReadOnlyList<string> Tensors)
{
    /// <summary>Name without folder.</summary>
    public string FileName => Path.GetFileName(Name);

    /// <summary>Folder below the directory, "" for the directory itself.</summary>
    public string Folder => Path.GetDirectoryName(Name) ?? "";
}

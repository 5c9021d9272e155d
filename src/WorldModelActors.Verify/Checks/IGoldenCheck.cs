namespace WorldModelActors.Verify;

/// <summary>Recomputes one kind of golden file.</summary>
internal interface IGoldenCheck
{
    /// <summary>What the names of such files begin with.</summary>
    string Name { get; }

    /// <summary>What the index names as the reference's function for such files; null where that says nothing.</summary>
    string? Upstream { get; }

    /// <summary>Makes every check of the file.</summary>
    /// <param name="session">The directory.</param>
    /// <param name="entry">What the index says of the file.</param>
    /// <param name="file">The recorded tensors, where it is a safetensors file of records.</param>
    /// <param name="sheet">Takes the results.</param>
    void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet);
}

namespace WorldModelActors.Verify;

/// <summary>Every kind of golden file.</summary>
internal static class GoldenChecks
{
    private static readonly IGoldenCheck[] All =
    [
        new StateDictCheck(),
        new TimestepEmbeddingCheck(),
        new ResBlockCheck(),
        new SpatialTransformerCheck(),
        new TemporalTransformerCheck(),
        new ActionTokenProjectorCheck(),
        new HeadCheck(),
        new ResamplerCheck(),
        new ProjectorCheck(),
        new AutoencoderCheck(),
        new ClipImageCheck(),
        new ClipTextCheck(),
        new StringsCheck(),
        new ForwardCheck(),
        new ScheduleCheck(),
        new SamplingRunCheck(),
        new PromptsCheck(),
        new RolloutCheck(),
        new DataCheck(),
        new ManifestCheck(),
        new CheckpointFileCheck(),
    ];

    /// <summary>The check for a file: by the beginning of its name, else by the function that the index names.</summary>
    public static IGoldenCheck? For(GoldenEntry entry)
    {
        var name = entry.Name.EndsWith('/') ? entry.Name : entry.FileName;
        return Array.Find(All, check => name.StartsWith(check.Name, StringComparison.Ordinal))
            ?? Array.Find(All, check => check.Upstream is { } upstream && entry.Upstream.Contains(upstream, StringComparison.Ordinal));
    }
}

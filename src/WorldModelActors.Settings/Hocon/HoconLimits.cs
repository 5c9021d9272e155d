namespace WorldModelActors.Settings;

/// <summary>Bounds that no honest settings file reaches; beyond them reading ends with an error instead of exhausting the machine.</summary>
internal static class HoconLimits
{
    /// <summary>Objects and arrays within each other.</summary>
    public const int Nesting = 64;

    /// <summary>Files that include one another.</summary>
    public const int IncludeNesting = 16;

    /// <summary>Files read for one configuration.</summary>
    public const int Includes = 256;

    /// <summary>Characters of one file.</summary>
    public const int FileLength = 4 << 20;

    /// <summary>Values and substitutions that one resolution may visit.</summary>
    public const int ResolutionSteps = 1_000_000;

    /// <summary>Substitutions, objects and arrays that one value may stand in while it is resolved.</summary>
    public const int ResolutionDepth = 200;

    /// <summary>Characters, items and fields that concatenation and merging may produce, all values together.</summary>
    public const int ResolvedLength = 16 << 20;
}

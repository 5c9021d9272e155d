namespace WorldModelActors.Episodes;

/// <summary>
/// The steps from an empty database to the present schema, for both dialects. A step that was released never changes; a new
/// one is appended.
/// </summary>
internal static class Migrations
{
    /// <summary>Step n leads to version n + 1.</summary>
    public static IReadOnlyList<string> Steps { get; } = [SchemaVersion1.Text, SchemaVersion2.Text];

    /// <summary>The version that this program works with.</summary>
    public static int Current => Steps.Count;
}

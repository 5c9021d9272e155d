namespace WorldModelActors.Settings;

/// <summary>A key that the reference settings do not document.</summary>
/// <param name="Path">The key as it was written.</param>
/// <param name="Origin">Where.</param>
/// <param name="Suggestion">The documented key that was probably meant, or null.</param>
public sealed record UnknownKey(string Path, HoconOrigin Origin, string? Suggestion)
{
    /// <summary>The error that says so.</summary>
    public HoconException ToException() =>
        new(
            Suggestion is null ? "no such setting: see hocon/reference.conf" : $"no such setting: did you mean {Suggestion}?",
            Origin,
            Path);
}

namespace WorldModelActors.Verify;

/// <summary>How a check ended.</summary>
public enum GoldenStatus
{
    Passed,

    Failed,

    /// <summary>Not made, because something that it needs is not there.</summary>
    Skipped,
}

/// <summary>One check of one golden file.</summary>
/// <param name="File">The file, relative to the directory.</param>
/// <param name="Check">The recorded tensor, or what else was checked.</param>
/// <param name="Status">How it ended.</param>
/// <param name="MaximumAbsolute">Largest absolute difference; null where no numbers were compared.</param>
/// <param name="RelativeL2">‖actual - recorded‖ / ‖recorded‖; null where no numbers were compared.</param>
/// <param name="Tolerance">The bound; null where no numbers were compared.</param>
/// <param name="Note">Why it failed or was skipped, or what was counted; null where there is nothing to say.</param>
public sealed record GoldenResult(
    string File, string Check, GoldenStatus Status, double? MaximumAbsolute, double? RelativeL2, Tolerance? Tolerance, string? Note);

namespace WorldModelActors.Verify;

/// <summary>Something that a check needs is not part of the directory: the check is skipped, not failed.</summary>
internal sealed class MissingPieceException(string reason) : Exception(reason);

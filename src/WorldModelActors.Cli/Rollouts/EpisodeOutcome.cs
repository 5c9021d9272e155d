using WorldModelActors.Media;

namespace WorldModelActors.Cli;

/// <summary>What became of an episode.</summary>
internal enum OutcomeStatus
{
    Completed,
    Cancelled,
    Failed,

    /// <summary>It was there already, made by the same run.</summary>
    Kept,

    /// <summary>The command was stopped before its turn.</summary>
    NotRun,
}

/// <summary>What became of an episode, and where it is.</summary>
/// <param name="Prompt">The episode.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Record">Its record; null where it left none.</param>
/// <param name="Cause">Why it failed, one line; null otherwise.</param>
internal sealed record EpisodeOutcome(EpisodePrompt Prompt, string Folder, OutcomeStatus Status, EpisodeRecord? Record, string? Cause);

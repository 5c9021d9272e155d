namespace WorldModelActors.Episodes;

/// <summary>Something that is not as it should be.</summary>
/// <param name="EpisodeId">The episode; null for the store as a whole.</param>
/// <param name="Message">What it is, one line.</param>
/// <param name="IsRepaired">It has been put right.</param>
public sealed record Finding(string? EpisodeId, string Message, bool IsRepaired = false)
{
    public override string ToString() => $"{(EpisodeId is null ? "store" : "episode " + EpisodeId)}: {Message}{(IsRepaired ? " (repaired)" : "")}";
}

/// <summary>Result of a check.</summary>
/// <param name="Episodes">Episodes checked.</param>
/// <param name="Events">Events checked.</param>
/// <param name="Files">Files checked.</param>
/// <param name="Frames">Frames that are there, each once.</param>
/// <param name="Findings">What is wrong.</param>
public sealed record CheckReport(int Episodes, long Events, long Files, long Frames, IReadOnlyList<Finding> Findings)
{
    /// <summary>Nothing is wrong, or all of it was repaired.</summary>
    public bool IsConsistent => Findings.All(finding => finding.IsRepaired);
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>Everything of one iteration that becomes durable in one step.</summary>
/// <param name="Iteration">Its index, from 0.</param>
/// <param name="Frames">Executed frames, equal to the number of trajectory rows.</param>
public sealed record IterationCommit(int Iteration, int Frames)
{
    /// <summary>Files that are on the disk already.</summary>
    public IReadOnlyList<StoredFile> Files { get; init; } = [];

    /// <summary>Numbers for reports, e.g. seconds per phase.</summary>
    public JsonObject Counters { get; init; } = [];

    /// <summary>Actions and states of the frames.</summary>
    public required TrajectoryRows Rows { get; init; }

    /// <summary>SHA-256 of the whole content: equal for a repetition, different for anything else.</summary>
    public string Digest()
    {
        var content = new JsonObject
        {
            ["iteration"] = Iteration,
            ["frames"] = Frames,
            ["files"] = StoredFile.ToJson(Files),
            ["counters"] = Counters.DeepClone(),
            ["rows"] = Convert.ToHexStringLower(SHA256.HashData(Rows.ToBytes())),
        };
        return CanonicalJson.Digest(content);
    }

    internal void Validate(Claim claim)
    {
        if (Frames < 1 || Rows.Count != Frames)
        {
            throw new StoreException(string.Create(
                CultureInfo.InvariantCulture, $"episode {claim.EpisodeId}: iteration {Iteration} has {Frames} frames and {Rows.Count} trajectory rows; they must be as many, at least one"));
        }
    }
}

/// <summary>A committed iteration.</summary>
/// <param name="Iteration">Its index, from 0.</param>
/// <param name="Epoch">The epoch that committed it.</param>
/// <param name="FirstFrame">Index of its first frame within the episode.</param>
/// <param name="Frames">Its frames.</param>
/// <param name="At">When, by the store's clock.</param>
/// <param name="Files">Its files.</param>
/// <param name="Counters">Its numbers.</param>
/// <param name="Digest">Digest of the content.</param>
public sealed record CommittedIteration(
    int Iteration, long Epoch, long FirstFrame, int Frames, DateTimeOffset At, IReadOnlyList<StoredFile> Files, JsonObject Counters, string Digest)
{
    /// <summary>Actions and states of its frames.</summary>
    public required TrajectoryRows Rows { get; init; }
}

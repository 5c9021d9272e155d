using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>What a completed episode leaves.</summary>
/// <param name="Files">Files of the result.</param>
/// <param name="Summary">Numbers for reports.</param>
public sealed record EpisodeResultFiles(IReadOnlyList<StoredFile> Files, JsonObject Summary);

/// <summary>The lease of an episode.</summary>
/// <param name="Node">Number of its owner.</param>
/// <param name="NodeName">Name of its owner.</param>
/// <param name="Epoch">Epoch of its owner.</param>
/// <param name="Left">Time that is left, by the store's clock; negative when it has run out.</param>
/// <param name="OwnerLeft">The owner has said good-bye.</param>
public sealed record LeaseView(long Node, string NodeName, long Epoch, TimeSpan Left, bool OwnerLeft);

/// <summary>All that the store knows about an episode, at one moment.</summary>
/// <param name="Episode">The episode.</param>
/// <param name="Events">Its journal.</param>
/// <param name="Iterations">Its committed iterations, in order.</param>
/// <param name="Lease">Its lease; null where nobody owns it.</param>
public sealed record EpisodeDossier(
    EpisodeView Episode, IReadOnlyList<JournalEvent> Events, IReadOnlyList<CommittedIteration> Iterations, LeaseView? Lease);

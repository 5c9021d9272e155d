using System.Collections.Concurrent;

namespace WorldModelActors.Episodes.Tests;

/// <summary>Places episodes as a test says.</summary>
internal sealed class Placement : IEpisodePlacement
{
    private readonly ConcurrentDictionary<string, bool> _placed = new(StringComparer.Ordinal);

    public event Action? Changed;

    public IReadOnlyCollection<string> Placed => [.. _placed.Keys];

    /// <summary>What the node claimed.</summary>
    public ConcurrentQueue<string> ClaimedIds { get; } = [];

    public void Place(params IReadOnlyList<string> ids)
    {
        ids.ToList().ForEach(id => _placed[id] = true);
        Changed?.Invoke();
    }

    public void Take(string id) => _placed.TryRemove(id, out _);

    public void Claimed(Claim claim) => ClaimedIds.Enqueue(claim.EpisodeId);
}

using System.Collections.Concurrent;
using WorldModelActors.Episodes;

namespace WorldModelActors.Cluster;

/// <summary>What the cluster has placed on this node: entities enter their episode, the node claims what is entered, entities hear how it went.</summary>
internal sealed class PlacementBook : IEpisodePlacement
{
    private readonly ConcurrentDictionary<string, IActorRef> _entities = new(StringComparer.Ordinal);

    public event Action? Changed;

    /// <summary>Told what happens, beside the entities.</summary>
    public Action<Claim, EpisodeProgressKind> Told { get; set; } = (_, _) => { };

    /// <summary>Gives an episode back after the iteration in hand; set when the node serves.</summary>
    public Func<string, Task> GiveBack { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyCollection<string> Placed => [.. _entities.Keys];

    /// <summary>An entity lives here.</summary>
    public void Enter(string episodeId, IActorRef entity)
    {
        _entities[episodeId] = entity;
        Changed?.Invoke();
    }

    /// <summary>An entity is no longer here; another one of the same episode may be already.</summary>
    public void Strike(string episodeId, IActorRef entity) => _entities.TryRemove(KeyValuePair.Create(episodeId, entity));

    public void Claimed(Claim claim) => Told(claim, EpisodeProgressKind.Claimed);

    public void Ended(Claim claim, ServiceOutcome outcome, string? cause)
    {
        if (_entities.TryGetValue(claim.EpisodeId, out var entity))
        {
            entity.Tell(new EpisodeEntity.WorkEnded(), ActorRefs.NoSender);
        }

        Told(claim, EpisodeProgressKind.Ended);
    }
}

using System.Collections.Concurrent;
using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>Which actors have not stopped.</summary>
internal sealed class LiveActors : IEngineEvents
{
    private readonly ConcurrentDictionary<ActorPath, bool> _live = new();

    public void ActorStarted(ActorPath actor) => _live[actor] = true;

    public void ActorStopped(ActorPath actor, Exception? cause) => _live.TryRemove(actor, out _);

    /// <summary>Those without children among the live: parents only wait for them.</summary>
    public IReadOnlyList<ActorPath> Busy()
    {
        var live = _live.Keys.ToList();
        return [.. live.Where(a => !live.Exists(a.IsAncestorOf)).OrderBy(a => a.ToString(), StringComparer.Ordinal)];
    }
}

using System.Collections.Concurrent;
using WorldModelActors.Engine;

namespace WorldModelActors.Rollout.Tests;

/// <summary>Kills actors at given messages; counts messages.</summary>
internal sealed class ScriptedFaults(params (ActorKind Kind, long Number)[] kills) : IFaultInjector
{
    private readonly HashSet<(ActorKind, long)> _kills = [.. kills];

    /// <summary>Highest message number by kind of actor.</summary>
    public ConcurrentDictionary<ActorKind, long> Messages { get; } = new();

    public ConcurrentQueue<(ActorKind Kind, string Message)> Killed { get; } = new();

    /// <summary>Decides for messages that the script does not name.</summary>
    public Func<ActorKind, object, bool>? Also { get; init; }

    public void OnMessage(ActorKind kind, ActorPath actor, long number, object message)
    {
        Messages.AddOrUpdate(kind, number, (_, n) => Math.Max(n, number));
        bool kill;
        lock (_kills)
            kill = _kills.Remove((kind, number));
        if (!kill && Also?.Invoke(kind, message) != true)
            return;
        Killed.Enqueue((kind, message.GetType().Name));
        throw new InvalidOperationException($"{kind} killed at message {number}, {message.GetType().Name}");
    }
}

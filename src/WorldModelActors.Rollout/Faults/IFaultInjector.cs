using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>The actors of a rollout by what they do.</summary>
public enum ActorKind
{
    Denoiser,
    PolicySampler,
    WorldModelSampler,
    ObservationDecoder,
    ClipEmbedder,
    VideoWriter,
    Episode,
}

/// <summary>
/// Makes actors fail on purpose, to see that nothing is lost. Whatever it throws is the actor's failure with that message in hand. Called from
/// the actors' threads.
/// </summary>
public interface IFaultInjector
{
    /// <summary>An actor is about to handle a message.</summary>
    /// <param name="kind">What the actor does.</param>
    /// <param name="actor">Where it stands.</param>
    /// <param name="number">Number of the message in the life of this actor, restarts included, from 1.</param>
    /// <param name="message">The message.</param>
    void OnMessage(ActorKind kind, ActorPath actor, long number, object message);
}

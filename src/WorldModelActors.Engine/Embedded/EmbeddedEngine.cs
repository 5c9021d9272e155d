namespace WorldModelActors.Engine;

/// <summary>Actors in this process, on <see cref="System.Threading.Channels"/> mailboxes; needs nothing else.</summary>
public sealed class EmbeddedEngine : IActorEngine
{
    private EmbeddedEngine()
    {
    }

    /// <summary>The engine; it has no state.</summary>
    public static EmbeddedEngine Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "embedded";

    /// <inheritdoc/>
    public ActorSystem Start(ActorSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new EmbeddedActorSystem(options);
    }
}

namespace WorldModelActors.Engine.Akka;

/// <summary>A message cannot go over the wire, or what came is none.</summary>
public sealed class WireException : EngineException
{
    /// <summary>Says what is wrong.</summary>
    public WireException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong, and what found it.</summary>
    public WireException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace WorldModelActors.Engine.Akka;

/// <summary>Stands where Akka's JSON serializer would: that one makes any type that a sender names.</summary>
public sealed class RefusingSerializer(ExtendedActorSystem system) : Serializer(system)
{
    /// <summary>As Akka makes it, with the settings of the serializer that it replaces.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config config)
        : this(system)
    {
    }

    /// <summary>The number of the serializer that it replaces.</summary>
    public override int Identifier => 1;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    /// <exception cref="WireException">Always.</exception>
    public override byte[] ToBinary(object obj) => throw new WireException($"{obj?.GetType()} must not be serialized as JSON");

    /// <inheritdoc/>
    /// <exception cref="WireException">Always.</exception>
    public override object FromBinary(byte[] bytes, Type type) => throw new WireException("JSON is not taken from the wire: it could make any type");
}

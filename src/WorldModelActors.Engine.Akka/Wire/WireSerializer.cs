using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Hyperion;

namespace WorldModelActors.Engine.Akka;

/// <summary>
/// Messages between nodes, by Hyperion: their names and members, whose types are on the list <c>akka.actor.serialization-settings.wma-wire.allowed-types</c>.
/// Everything else is refused, on the way out and on the way in. Bound to <see cref="object"/>, so that nothing falls back to a serializer that
/// would make whatever a sender names.
/// </summary>
public sealed class WireSerializer : HyperionSerializer
{
    /// <summary>Longest message; what is larger is no command, handle or progress.</summary>
    public const int MaxBytes = 64 * 1024;

    private static readonly HyperionSerializerSettings Closed = HyperionSerializerSettings.Default
        .WithPreserveObjectReference(false)
        .WithVersionTolerance(true)
        .WithDisallowUnsafeType(true)
        .WithTypeFilter(WireFilter.Instance);

    private readonly WireTypes _types;
    private readonly Hyperion.Serializer _hyperion;

    /// <summary>Made by Akka.</summary>
    /// <param name="system">The system.</param>
    /// <param name="config">Its settings: <c>allowed-types</c>.</param>
    public WireSerializer(ExtendedActorSystem system, Config config)
        : this(system, WireTypes.Named(config?.GetStringList("allowed-types") ?? []))
    {
    }

    /// <summary>A serializer of these types.</summary>
    public WireSerializer(ExtendedActorSystem? system, WireTypes types)
        : base(system, Closed)
    {
        _types = types;
        _hyperion = new Hyperion.Serializer(new SerializerOptions(
            versionTolerance: true,
            preserveObjectReferences: false,
            surrogates: null,
            serializerFactories: null,
            knownTypes: null,
            ignoreISerializable: true,
            packageNameOverrides: null,
            disallowUnsafeTypes: true,
            typeFilter: WireFilter.Instance));
    }

    /// <inheritdoc/>
    /// <exception cref="WireException">Its type is not on the list, or it is too long.</exception>
    public override byte[] ToBinary(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        var type = _types[obj.GetType()];
        using var writer = new WireWriter(_hyperion);
        type.Write(writer, obj);
        var bytes = writer.ToArray();
        return bytes.Length <= MaxBytes
            ? bytes
            : throw new WireException($"a {type.Type.Name} of {bytes.Length} bytes is too long for the wire ({MaxBytes}): tensors and frames go by transfer");
    }

    /// <inheritdoc/>
    /// <exception cref="WireException">It is no message of the list.</exception>
    public override object FromBinary(byte[] bytes, Type type)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.Length > MaxBytes)
        {
            throw new WireException($"{bytes.Length} bytes are too long for a message ({MaxBytes})");
        }

        try
        {
            using var reader = new WireReader(_hyperion, bytes);
            var message = _types[reader.Read<string>()].Read(reader);
            return reader.IsAtEnd ? message : throw new WireException("there is something behind the message");
        }
        catch (Exception cause) when (cause is not WireException)
        {
            // Whatever else a sender provokes, for example in a constructor, is one refusal.
            throw new WireException($"refused: {cause.Message}", cause);
        }
    }
}

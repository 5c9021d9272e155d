using Hyperion;

namespace WorldModelActors.Engine.Akka;

/// <summary>Writes simple values one after the other, by Hyperion: numbers as long or double, truth values, texts, bytes.</summary>
internal sealed class WireWriter(Hyperion.Serializer hyperion) : IDisposable
{
    private readonly MemoryStream _stream = new();
    private readonly SerializerSession _session = hyperion.GetSerializerSession();

    public void Write(object value) => hyperion.Serialize(value, _stream, _session);

    public byte[] ToArray() => _stream.ToArray();

    public void Dispose() => _stream.Dispose();
}

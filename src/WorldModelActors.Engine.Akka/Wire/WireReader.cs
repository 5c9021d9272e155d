using System.Buffers.Binary;
using Hyperion;

namespace WorldModelActors.Engine.Akka;

/// <summary>
/// Reads simple values, each by Hyperion, but only after a look at what Hyperion would do: it takes a sender's word for lengths (and would make room
/// for gigabytes), for types and for how deep objects are nested. So anything but a simple value that ends within the message is refused unread.
/// </summary>
internal sealed class WireReader(Hyperion.Serializer hyperion, byte[] bytes) : IDisposable
{
    // Hyperion's manifests of the values that WireWriter writes.
    private const byte Number = 2;
    private const byte Truth = 6;
    private const byte Text = 7;
    private const byte Blob = 9;
    private const byte Fraction = 13;
    private const byte LongText = 255;

    private readonly MemoryStream _stream = new(bytes);
    private readonly DeserializerSession _session = hyperion.GetDeserializerSession();

    public bool IsAtEnd => _stream.Position == bytes.Length;

    /// <exception cref="WireException">There is none, or none of this type.</exception>
    public T Read<T>() => ReadAny() is T value ? value : throw new WireException($"the message is broken: a {typeof(T).Name} should come");

    /// <exception cref="WireException">There is none.</exception>
    public object ReadAny()
    {
        var rest = bytes.AsSpan((int)_stream.Position);
        if (LengthOf(rest) is not { } length || length > rest.Length)
        {
            throw new WireException($"the message is broken behind {_stream.Position} bytes of {bytes.Length}: no simple value ends there");
        }

        return hyperion.Deserialize<object>(_stream, _session);
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Bytes of the value that begins here, or null if it is none or its length cannot be.</summary>
    private static long? LengthOf(ReadOnlySpan<byte> rest) => rest switch
    {
        [Number or Fraction, ..] => 1 + sizeof(long),
        [Truth, ..] => 2,
        [Text, 0, ..] => null,
        [Text, LongText, .. var behind] => 2 + LengthPrefixed(behind),
        [Text, var length, ..] => 1 + length,
        [Blob, .. var behind] => 1 + LengthPrefixed(behind),
        _ => null,
    };

    private static long? LengthPrefixed(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= sizeof(int) && BinaryPrimitives.ReadInt32LittleEndian(bytes) is >= 0 and var length ? sizeof(int) + (long)length : null;
}

using System.Buffers.Binary;

namespace WorldModelActors.Episodes;

/// <summary>
/// Executed actions and predicted states, one row per executed frame, normalised and padded. As bytes (little endian): uint32
/// width, uint32 rows, float32 actions [rows, width], float32 states [rows, width].
/// </summary>
public sealed record TrajectoryRows
{
    private const int HeaderBytes = 8;

    /// <param name="width">Padded width of actions and states (16).</param>
    /// <param name="actions">Executed actions [rows, width].</param>
    /// <param name="states">Predicted states [rows, width].</param>
    public TrajectoryRows(int width, ReadOnlyMemory<float> actions, ReadOnlyMemory<float> states)
    {
        if (width < 1 || actions.Length != states.Length || actions.Length % width != 0)
        {
            throw new ArgumentException($"{actions.Length} action and {states.Length} state values are not rows of width {width}", nameof(actions));
        }

        (Width, Actions, States) = (width, actions, states);
    }

    /// <summary>Padded width of actions and states.</summary>
    public int Width { get; }

    /// <summary>Executed actions [<see cref="Count"/>, <see cref="Width"/>].</summary>
    public ReadOnlyMemory<float> Actions { get; }

    /// <summary>Predicted states [<see cref="Count"/>, <see cref="Width"/>].</summary>
    public ReadOnlyMemory<float> States { get; }

    /// <summary>Rows.</summary>
    public int Count => Actions.Length / Width;

    /// <summary>The bytes in the store.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderBytes + ((Actions.Length + States.Length) * sizeof(float))];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)Width);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)Count);
        var at = bytes.AsSpan(HeaderBytes);
        foreach (var values in new[] { Actions, States })
        {
            foreach (var value in values.Span)
            {
                BinaryPrimitives.WriteSingleLittleEndian(at, value);
                at = at[sizeof(float)..];
            }
        }

        return bytes;
    }

    /// <summary>Reads the bytes of the store.</summary>
    /// <exception cref="StoreException">They are damaged.</exception>
    public static TrajectoryRows FromBytes(ReadOnlySpan<byte> bytes)
    {
        var (width, count) = bytes.Length < HeaderBytes
            ? (0, 0)
            : (BinaryPrimitives.ReadUInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
        if (width == 0 || HeaderBytes + (8L * width * count) != bytes.Length)
        {
            throw new StoreException($"trajectory rows are damaged: {bytes.Length} bytes for {count} rows of width {width}; run wma store check");
        }

        var values = new float[2 * width * count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(HeaderBytes + (i * sizeof(float)))..]);
        }

        var half = values.Length / 2;
        return new TrajectoryRows((int)width, values.AsMemory(0, half), values.AsMemory(half));
    }
}

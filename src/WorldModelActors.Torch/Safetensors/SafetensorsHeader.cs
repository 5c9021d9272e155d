using System.Buffers.Binary;
using System.Text.Json;

namespace WorldModelActors.Torch;

/// <summary>
/// The header of a safetensors file: eight bytes little-endian length, then JSON
/// <c>{name: {dtype, shape, data_offsets: [begin, end]}, "__metadata__": {text: text}}</c>, then the data. Everything is
/// checked before anything is used: lengths, ranges, gaps, overlaps, duplicate keys, sizes against shapes.
/// Format: https://github.com/huggingface/safetensors (README, "Format").
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>Upper limit of the JSON header, the same as the reference implementation's.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    private const int MaxRank = 64;

    /// <summary>Bytes of JSON that follow the length field.</summary>
    public static int ReadLength(ReadOnlySpan<byte> start, long fileLength)
    {
        if (start.Length < 8)
        {
            throw new SafetensorsException($"the file has {fileLength} bytes, too few for a safetensors header; it is incomplete, copy it again");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > MaxHeaderBytes)
        {
            throw new SafetensorsException($"the header would have {length} bytes (limit {MaxHeaderBytes}); this is not a safetensors file");
        }

        if ((long)length > fileLength - 8)
        {
            throw new SafetensorsException($"the header has {length} bytes but only {fileLength - 8} follow; the file is incomplete, copy it again");
        }

        return (int)length;
    }

    /// <summary>Parses and checks the header.</summary>
    /// <param name="json">The JSON bytes.</param>
    /// <param name="fileLength">Bytes of the whole file.</param>
    public static (IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata) Parse(ReadOnlySpan<byte> json, long fileLength)
    {
        var dataStart = 8L + json.Length;
        var entries = new List<SafetensorsEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw new SafetensorsException("the header does not begin with '{'; this is not a safetensors file");
        }

        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            Expect(ref reader, JsonTokenType.StartObject, "the header");
            while (ReadKey(ref reader, "the header") is { } name)
            {
                if (!names.Add(name))
                {
                    throw new SafetensorsException($"the key '{Shorten(name)}' occurs twice in the header");
                }

                if (name == "__metadata__")
                {
                    ReadMetadata(ref reader, metadata);
                }
                else
                {
                    entries.Add(ReadEntry(ref reader, name, dataStart, fileLength));
                }
            }

            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            throw new SafetensorsException($"the header is not valid JSON (byte {8 + (e.BytePositionInLine ?? 0)}); the file is damaged, copy it again", e);
        }
        catch (InvalidOperationException e)
        {
            // Utf8JsonReader.GetString on invalid UTF-8 or a lone surrogate.
            throw new SafetensorsException("a key of the header is not valid UTF-8; the file is damaged, copy it again", e);
        }

        CheckTiling(entries, dataStart, fileLength);
        return (entries, metadata);
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, long dataStart, long fileLength)
    {
        var what = $"'{Shorten(name)}'";
        string? dtype = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, what);
        while (ReadKey(ref reader, what) is { } field)
        {
            switch (field)
            {
                case "dtype" when dtype is null:
                    Expect(ref reader, JsonTokenType.String, $"{what}.dtype");
                    dtype = reader.GetString();
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, $"{what}.shape", MaxRank);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, $"{what}.data_offsets", 2);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw new SafetensorsException($"the field '{field}' of {what} occurs twice in the header");
                default:
                    throw new SafetensorsException($"unknown field '{Shorten(field)}' of {what} in the header");
            }
        }

        if (dtype is null || shape is null || offsets is not [var begin, var end])
        {
            throw new SafetensorsException($"the header entry of {what} needs dtype, shape and two data_offsets");
        }

        if (ElementTypes.FromSafetensorsName(dtype) is not { } type)
        {
            throw new SafetensorsException($"{what} has the unknown dtype '{Shorten(dtype)}'");
        }

        if (begin > end || end > fileLength - dataStart)
        {
            throw new SafetensorsException($"{what} would lie at bytes {begin}..{end} of {fileLength - dataStart} data bytes; the file is incomplete or damaged, copy it again");
        }

        if (ByteCount(shape, type) is not { } bytes || bytes != end - begin)
        {
            throw new SafetensorsException($"{what} has shape [{string.Join(", ", shape)}] {dtype} but {end - begin} bytes of data; the file is damaged");
        }

        return new SafetensorsEntry(name, type, shape.ToArray(), dataStart + begin, end - begin);
    }

    /// <summary>Bytes of a contiguous tensor; null where they overflow.</summary>
    public static long? ByteCount(IReadOnlyList<long> shape, ElementType type)
    {
        // A zero anywhere makes the product zero, however large the other sizes are.
        if (shape.Contains(0))
        {
            return 0;
        }

        UInt128 bytes = (uint)type.Size();
        foreach (var size in shape)
        {
            bytes *= (ulong)size;
            if (bytes > long.MaxValue)
            {
                return null;
            }
        }

        return (long)bytes;
    }

    private static void CheckTiling(List<SafetensorsEntry> entries, long dataStart, long fileLength)
    {
        var position = dataStart;
        foreach (var entry in entries.OrderBy(e => e.Offset).ThenBy(e => e.ByteLength))
        {
            if (entry.Offset != position)
            {
                var how = entry.Offset < position ? "overlaps its neighbour" : "follows a gap";
                throw new SafetensorsException($"the data of '{Shorten(entry.Name)}' {how}; the file is damaged, copy it again");
            }

            position += entry.ByteLength;
        }

        if (position != fileLength)
        {
            throw new SafetensorsException($"{fileLength - position} bytes follow the last tensor; the file is damaged, copy it again");
        }
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        Expect(ref reader, JsonTokenType.StartObject, "__metadata__");
        while (ReadKey(ref reader, "__metadata__") is { } key)
        {
            Expect(ref reader, JsonTokenType.String, $"__metadata__.{Shorten(key)}");
            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw new SafetensorsException($"the key '{Shorten(key)}' occurs twice in __metadata__");
            }
        }
    }

    private static List<long> ReadNumbers(ref Utf8JsonReader reader, string what, int most)
    {
        Expect(ref reader, JsonTokenType.StartArray, what);
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
            {
                throw new SafetensorsException($"{what} holds something other than whole numbers >= 0");
            }

            if (numbers.Count == most)
            {
                throw new SafetensorsException($"{what} has more than {most} numbers");
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private static string? ReadKey(ref Utf8JsonReader reader, string what)
    {
        if (!reader.Read())
        {
            throw new SafetensorsException($"{what} ends too early");
        }

        return reader.TokenType == JsonTokenType.EndObject ? null : reader.GetString();
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string what)
    {
        if (!reader.Read() || reader.TokenType != token)
        {
            throw new SafetensorsException($"{what} is not a JSON {token switch
            {
                JsonTokenType.StartObject => "object",
                JsonTokenType.StartArray => "array",
                _ => "string",
            }}; the file is damaged");
        }
    }

    private static string Shorten(string text) => text.Length <= 120 ? text : text[..117] + "...";
}

namespace WorldModelActors.Models;

/// <summary>Undoes what happened to bytes of UTF-8 while they were mistaken for characters: spaces trimmed, bytes lost.</summary>
internal static class LossyBytes
{
    private const byte Space = 0x20;
    private const byte NoBreakSpace = 0xA0;
    private const byte LeadOfAGrave = 0xC3;

    // What follows "à" in French and Portuguese where the space after it belongs to the text: a further space, or the rest of
    // àquele, àquela, àquilo, às.
    private static readonly byte[][] AfterAGraveInside = [" "u8.ToArray(), "quele"u8.ToArray(), "quela"u8.ToArray(), "quilo"u8.ToArray(), "s "u8.ToArray()];

    private static ReadOnlySpan<byte> EncodedReplacement => "\ufffd"u8;

    /// <summary>
    /// Byte A0 was read as a no-break space and then became a plain space. Puts it back where that completes a likely UTF-8
    /// sequence; a lone C3 in front of a word is à with its space.
    /// </summary>
    public static byte[] RestoreNoBreakSpaces(byte[] bytes)
    {
        var restored = SeparateAGrave(bytes);
        for (var i = 0; i < restored.Length;)
        {
            var (length, space) = AlteredSequence(restored.AsSpan(i));
            if (length > 0)
            {
                restored[i + space] = NoBreakSpace;
            }

            i += Math.Max(1, length);
        }

        return restored;
    }

    /// <summary>
    /// Makes every UTF-8 sequence that lost bytes (<see cref="SingleByteEncoding.Lost"/>, or one question mark) the encoding
    /// of U+FFFD, and every other lost byte, too.
    /// </summary>
    public static byte[] ReplaceLossySequences(byte[] bytes)
    {
        var output = new List<byte>(bytes.Length);
        for (var i = 0; i < bytes.Length;)
        {
            var length = LossySequence(bytes.AsSpan(i));
            if (length > 0)
            {
                output.AddRange(EncodedReplacement);
                i += length;
            }
            else
            {
                output.Add(bytes[i++]);
            }
        }

        return [.. output];
    }

    private static byte[] SeparateAGrave(byte[] bytes)
    {
        var output = new List<byte>(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            output.Add(bytes[i]);
            if (bytes[i] == LeadOfAGrave && i + 1 < bytes.Length && bytes[i + 1] == Space && !IsInsideWord(bytes.AsSpan(i + 2)))
            {
                output.Add(NoBreakSpace);
            }
        }

        return [.. output];
    }

    private static bool IsInsideWord(ReadOnlySpan<byte> following)
    {
        foreach (var ending in AfterAGraveInside)
        {
            if (following.StartsWith(ending))
            {
                return true;
            }
        }

        return false;
    }

    // Length of the sequence and place of its space. The leads are those whose sequences with A0 are likely characters:
    // two bytes of Latin, Greek, Cyrillic and Arabic, three bytes up to U+3FFF, four bytes of the F0 planes.
    private static (int Length, int Space) AlteredSequence(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 2 && bytes[0] is 0xC2 or 0xC3 or 0xC5 or 0xCE or 0xD0 or 0xD9 && bytes[1] == Space)
        {
            return (2, 1);
        }

        if (bytes.Length >= 3 && bytes[0] is >= 0xE0 and <= 0xE3)
        {
            if (bytes[0] >= 0xE2 && bytes[1] == Space && IsUnambiguous(bytes[2]))
            {
                return (3, 1);
            }

            return IsUnambiguous(bytes[1]) && bytes[2] == Space ? (3, 2) : default;
        }

        if (bytes.Length >= 4 && bytes[0] == 0xF0)
        {
            for (var space = 1; space < 4; space++)
            {
                if (bytes[space] == Space && IsContinuation(bytes[(space % 3) + 1]) && IsContinuation(bytes[((space + 1) % 3) + 1]))
                {
                    return (4, space);
                }
            }
        }

        return default;
    }

    // 85 may be an ellipsis and A0 a space of their own.
    private static bool IsUnambiguous(byte b) => IsContinuation(b) && b is not 0x85 and not NoBreakSpace;

    private static bool IsContinuation(byte b) => (b & 0xC0) == 0x80;

    private static int LossySequence(ReadOnlySpan<byte> bytes)
    {
        switch (bytes[0])
        {
            case SingleByteEncoding.Lost:
                return 1;
            case >= 0xC2 and <= 0xDF when bytes.Length > 1:
                return bytes[1] == SingleByteEncoding.Lost || (bytes[0] <= 0xC3 && bytes[1] == '?') ? 2 : 0;
            case 0xED when IsLossySurrogatePair(bytes):
                return 6;
            case >= 0xE0 and <= 0xEF:
                return HasLostContinuation(bytes, 2) ? 3 : 0;
            case >= 0xF0 and <= 0xF4:
                return HasLostContinuation(bytes, 3) ? 4 : 0;
            default:
                return 0;
        }
    }

    // All of the following bytes continue the sequence or are lost, at least one is lost, at most one is a question mark.
    private static bool HasLostContinuation(ReadOnlySpan<byte> bytes, int count)
    {
        if (bytes.Length <= count)
        {
            return false;
        }

        var (lost, questions) = (0, 0);
        foreach (var b in bytes[1..(count + 1)])
        {
            if (!IsContinuationOrLost(b))
            {
                return false;
            }

            lost += IsLost(b) ? 1 : 0;
            questions += b == '?' ? 1 : 0;
        }

        return lost > 0 && questions <= 1;
    }

    // CESU-8: the last byte of either surrogate may be lost.
    private static bool IsLossySurrogatePair(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 6
        && bytes[1] is >= 0xA0 and <= 0xAF && IsContinuationOrLost(bytes[2])
        && bytes[3] == 0xED && bytes[4] is >= 0xB0 and <= 0xBF && IsContinuationOrLost(bytes[5])
        && (IsLost(bytes[2]) || IsLost(bytes[5]));

    private static bool IsLost(byte b) => b is SingleByteEncoding.Lost or (byte)'?';

    private static bool IsContinuationOrLost(byte b) => IsContinuation(b) || IsLost(b);
}

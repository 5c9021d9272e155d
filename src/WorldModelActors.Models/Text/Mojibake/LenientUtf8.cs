using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// UTF-8, and its two common dialects: CESU-8 (characters beyond U+FFFF as two encoded surrogates) and Java's (U+0000 as
/// C0 80). Anything else that is no UTF-8 is refused.
/// </summary>
internal static class LenientUtf8
{
    private const byte JavaNull = 0xC0;
    private const byte SurrogateLead = 0xED;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? text)
    {
        text = null;
        var output = new StringBuilder(bytes.Length);
        try
        {
            while (!bytes.IsEmpty)
            {
                var plain = PlainLength(bytes);
                output.Append(Strict.GetString(bytes[..plain]));
                bytes = bytes[plain..];
                if (!bytes.IsEmpty)
                {
                    if (!TryDecodeDialect(bytes, out var rune, out var used))
                    {
                        return false;
                    }

                    UnicodeText.Append(output, rune);
                    bytes = bytes[used..];
                }
            }
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        text = output.ToString();
        return true;
    }

    // Up to the next byte that plain UTF-8 never has there: C0, or ED in front of a surrogate's second byte.
    private static int PlainLength(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == JavaNull || (bytes[i] == SurrogateLead && i + 1 < bytes.Length && bytes[i + 1] is >= 0xA0 and <= 0xBF))
            {
                return i;
            }
        }

        return bytes.Length;
    }

    // The reference's patterns take the line feed that ends a line for the end of the text, and then decode it as the missing
    // last byte; lines that break off inside such a sequence come out the same only if that is done here, too.
    private static bool TryDecodeDialect(ReadOnlySpan<byte> bytes, out Rune rune, out int used)
    {
        if (bytes[0] == JavaNull)
        {
            used = 2;
            rune = new(0);
            return bytes.Length > 1 && (bytes[1] == 0x80 || IsFinalLineFeed(bytes, 1));
        }

        used = 6;
        var isPair = bytes.Length >= 6
            && bytes[1] is >= 0xA0 and <= 0xAF && IsContinuation(bytes[2])
            && bytes[3] == SurrogateLead && bytes[4] is >= 0xB0 and <= 0xBF && (IsContinuation(bytes[5]) || IsFinalLineFeed(bytes, 5));
        rune = isPair
            ? new(0x10000 + ((bytes[1] & 0x0F) << 16) + ((bytes[2] & 0x3F) << 10) + ((bytes[4] & 0x0F) << 6) + (bytes[5] & 0x3F))
            : default;
        return isPair;
    }

    private static bool IsFinalLineFeed(ReadOnlySpan<byte> bytes, int index) => bytes[index] == '\n' && index == bytes.Length - 1;

    private static bool IsContinuation(byte b) => (b & 0xC0) == 0x80;
}

namespace WorldModelActors.Models;

/// <summary>
/// The printable stand-ins for bytes in a merges file (Radford et al. 2019, byte-level BPE): bytes that are printable in
/// Latin-1 stand for themselves, the other 68 take the code points from U+0100 on, in byte order. Symbol ids follow the
/// same order: first the printable bytes, then the others.
/// </summary>
internal static class ByteAlphabet
{
    /// <summary>Number of bytes, hence of the first symbol ids.</summary>
    public const int Size = 256;

    private static readonly char[] CharacterOf = new char[Size];
    private static readonly byte[] SymbolOf = new byte[Size];
    private static readonly Dictionary<char, byte> ByteOf = new(Size);

    static ByteAlphabet()
    {
        var symbol = 0;
        for (var b = 0; b < Size; b++)
        {
            if (IsPrintable(b))
            {
                Assign((byte)b, (char)b, symbol++);
            }
        }

        for (int b = 0, next = Size; b < Size; b++)
        {
            if (!IsPrintable(b))
            {
                Assign((byte)b, (char)next++, symbol++);
            }
        }
    }

    /// <summary>The character that stands for a byte in a merges file.</summary>
    public static char Character(byte value) => CharacterOf[value];

    /// <summary>The symbol id of a byte inside a word; at the end of a word add <see cref="Size"/>.</summary>
    public static int Symbol(byte value) => SymbolOf[value];

    /// <summary>The byte that a character of a symbol stands for, if any.</summary>
    public static bool TryGetByte(char character, out byte value) => ByteOf.TryGetValue(character, out value);

    private static bool IsPrintable(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);

    private static void Assign(byte value, char character, int symbol)
    {
        CharacterOf[value] = character;
        SymbolOf[value] = (byte)symbol;
        ByteOf[character] = value;
    }
}

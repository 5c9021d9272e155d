namespace WorldModelActors.Models;

/// <summary>
/// What a character is to <see cref="MojibakeHeuristic"/>: roles of the few hundred characters that single-byte encodings make
/// of UTF-8, and the roles of ordinary neighbours.
/// </summary>
[Flags]
internal enum CharacterKinds
{
    None = 0,

    /// <summary>Found in many contexts; no evidence by itself.</summary>
    Common = 1 << 0,

    /// <summary>C1 control characters.</summary>
    C1 = 1 << 1,

    /// <summary>Hardly ever used on purpose.</summary>
    Bad = 1 << 2,

    /// <summary>Signs of legal texts.</summary>
    Law = 1 << 3,

    Currency = 1 << 4,

    /// <summary>Stands in front of words or numbers.</summary>
    StartPunctuation = 1 << 5,

    /// <summary>Stands behind words or numbers.</summary>
    EndPunctuation = 1 << 6,

    /// <summary>Part of numbers and formulas.</summary>
    Numeric = 1 << 7,

    /// <summary>Letters that also draw faces, hence found next to anything.</summary>
    Kaomoji = 1 << 8,

    UpperAccented = 1 << 9,
    LowerAccented = 1 << 10,

    /// <summary>Capitals of other scripts.</summary>
    UpperCommon = 1 << 11,

    /// <summary>Small letters of other scripts.</summary>
    LowerCommon = 1 << 12,

    /// <summary>Box drawing, without the single line.</summary>
    Box = 1 << 13,

    AsciiUpper = 1 << 14,
    AsciiLower = 1 << 15,
    Space = 1 << 16,

    /// <summary>A letter or number of any script, or the underscore.</summary>
    Word = 1 << 17,
    LineFeed = 1 << 18,

    Accented = UpperAccented | LowerAccented,
    AsciiLetter = AsciiUpper | AsciiLower,
}

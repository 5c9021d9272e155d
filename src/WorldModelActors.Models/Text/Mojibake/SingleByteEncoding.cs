namespace WorldModelActors.Models;

/// <summary>
/// A single-byte encoding that text is mistaken for. The windows code pages are the sloppy ones of the Web: _bytes without a
/// character are the C1 control of the same number, and U+FFFD counts as byte 0x1A, so that losses can be told.
/// </summary>
internal sealed class SingleByteEncoding
{
    /// <summary>The byte that stands for a character that was lost (ASCII's SUBSTITUTE).</summary>
    public const byte Lost = 0x1A;

    private const string C1 =
        "\u0080\u0081\u0082\u0083\u0084\u0085\u0086\u0087\u0088\u0089\u008a\u008b\u008c\u008d\u008e\u008f"
        + "\u0090\u0091\u0092\u0093\u0094\u0095\u0096\u0097\u0098\u0099\u009a\u009b\u009c\u009d\u009e\u009f";

    private const string Latin1Symbols = "\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿";
    private const string Latin1Capitals = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß";
    private const string Latin1Smalls = "àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ";
    private const string Latin2Capitals = "ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß";
    private const string Latin2Smalls = "ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙";

    private readonly char[] _characters = new char[256];
    private readonly Dictionary<char, byte> _bytes = new(256);

    private SingleByteEncoding(string upperHalf, bool isSloppy)
    {
        IsSloppy = isSloppy;
        for (var b = 0; b < 256; b++)
        {
            _characters[b] = b < 128 ? (char)b : upperHalf[b - 128];
        }

        if (isSloppy)
        {
            _characters[Lost] = '\ufffd';
        }

        for (var b = 0; b < 256; b++)
        {
            _bytes[_characters[b]] = (byte)b;
        }
    }

    public static SingleByteEncoding Latin1 { get; } = new(C1 + Latin1Symbols + Latin1Capitals + Latin1Smalls, isSloppy: false);

    public static SingleByteEncoding Windows1252 { get; } = new(
        "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ" + Latin1Symbols + Latin1Capitals + Latin1Smalls,
        isSloppy: true);

    public static SingleByteEncoding Windows1251 { get; } = new(
        "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u0098™љ›њќћџ\u00a0ЎўЈ¤Ґ¦§Ё©Є«¬\u00ad®Ї°±Ііґµ¶·ё№є»јЅѕї"
        + "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя",
        isSloppy: true);

    public static SingleByteEncoding Windows1250 { get; } = new(
        "€\u0081‚\u0083„…†‡\u0088‰Š‹ŚŤŽŹ\u0090‘’“”•–—\u0098™š›śťžź\u00a0ˇ˘Ł¤Ą¦§¨©Ş«¬\u00ad®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż"
        + Latin2Capitals + Latin2Smalls,
        isSloppy: true);

    public static SingleByteEncoding Windows1253 { get; } = new(
        "€\u0081‚ƒ„…†‡\u0088‰\u008a‹\u008c\u008d\u008e\u008f\u0090‘’“”•–—\u0098™\u009a›\u009c\u009d\u009e\u009f"
        + "\u00a0΅Ά£¤¥¦§¨©ª«¬\u00ad®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡÒΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώÿ",
        isSloppy: true);

    public static SingleByteEncoding Windows1254 { get; } = new(
        "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008d\u008e\u008f\u0090‘’“”•–—˜™š›œ\u009d\u009eŸ" + Latin1Symbols
        + "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞßàáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ",
        isSloppy: true);

    public static SingleByteEncoding Windows1257 { get; } = new(
        "€\u0081‚\u0083„…†‡\u0088‰\u008a‹\u008c¨ˇ¸\u0090‘’“”•–—\u0098™\u009a›\u009c¯˛\u009f"
        + "\u00a0¡¢£¤¥¦§Ø©Ŗ«¬\u00ad®Æ°±²³´µ¶·ø¹ŗ»¼½¾æĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽßąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙",
        isSloppy: true);

    public static SingleByteEncoding Latin2 { get; } = new(
        C1 + "\u00a0Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u00adŽŻ°ą˛ł´ľśˇ¸šşťź˝žż" + Latin2Capitals + Latin2Smalls, isSloppy: false);

    public static SingleByteEncoding MacRoman { get; } = new(
        "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø"
        + "¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ",
        isSloppy: false);

    public static SingleByteEncoding CodePage437 { get; } = new(
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
        + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0",
        isSloppy: false);

    public bool IsSloppy { get; }

    public char Decode(byte value) => _characters[value];

    /// <summary>The _bytes that this encoding reads as <paramref name="text"/>, if it can.</summary>
    public bool TryEncode(string text, out byte[] encoded)
    {
        encoded = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (!_bytes.TryGetValue(text[i], out encoded[i]))
            {
                return false;
            }
        }

        return true;
    }
}

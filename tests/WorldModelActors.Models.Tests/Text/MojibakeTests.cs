using System.Text;

namespace WorldModelActors.Models.Tests;

public class MojibakeTests
{
    [Theory]
    [InlineData(new byte[] { 0xC3, 0xA9 }, "é")]
    [InlineData(new byte[] { 0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x8D }, "😍")]
    [InlineData(new byte[] { 0x61, 0xC0, 0x80, 0x62 }, "a\0b")]
    [InlineData(new byte[] { 0xED, 0x95, 0x9C }, "한")]
    [InlineData(new byte[] { 0xC0, 0x0A }, "\0")]
    [InlineData(new byte[0], "")]
    public void Utf8_and_its_dialects_are_read(byte[] bytes, string text)
    {
        Assert.True(LenientUtf8.TryDecode(bytes, out var decoded));
        Assert.Equal(text, decoded);
    }

    [Theory]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xC0, 0x81 })]
    [InlineData(new byte[] { 0xC0, 0x0A, 0x61 })]
    [InlineData(new byte[] { 0xC0 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0xBD })]
    [InlineData(new byte[] { 0xED, 0xB8, 0x8D, 0xED, 0xA0, 0xBD })]
    [InlineData(new byte[] { 0xE0, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xF5, 0x80, 0x80, 0x80 })]
    public void Anything_else_is_not(byte[] bytes) => Assert.False(LenientUtf8.TryDecode(bytes, out _));

    [Theory]
    [InlineData("\u00c3 la", "\u00c3\u00a0 la")]
    [InlineData("\u00c3 s ", "\u00c3\u00a0s ")]
    [InlineData("\u00c3  x", "\u00c3\u00a0 x")]
    [InlineData("\u00e2 \u0094", "\u00e2\u00a0\u0094")]
    [InlineData("\u00e2\u0080 ", "\u00e2\u0080\u00a0")]
    [InlineData("\u00e1 \u0094", "\u00e1 \u0094")]
    [InlineData("\u00f0\u009f \u0080", "\u00f0\u009f\u00a0\u0080")]
    [InlineData("\u00c4 x", "\u00c4 x")]
    public void Spaces_that_were_byte_A0_are_put_back(string latin1, string expected) => Assert.Equal(
        expected, Encoding.Latin1.GetString(LossyBytes.RestoreNoBreakSpaces(Encoding.Latin1.GetBytes(latin1))));

    [Theory]
    [InlineData("\u00e2\u0080\u001a", "\ufffd")]
    [InlineData("\u00e2?\u0080", "\ufffd")]
    [InlineData("\u00e2??", "\u00e2??")]
    [InlineData("\u00c3?", "\ufffd")]
    [InlineData("\u00c4?", "\u00c4?")]
    [InlineData("a\u001ab", "a\ufffdb")]
    [InlineData("\u00f0\u009f\u001a?", "\ufffd")]
    [InlineData("\u00ed\u00a0?\u00ed\u00b0\u001a", "\ufffd")]
    public void Sequences_that_lost_bytes_become_one_replacement(string latin1, string expected) => Assert.Equal(
        Encoding.Latin1.GetBytes(expected.Replace("\ufffd", "\u00ef\u00bf\u00bd")),
        LossyBytes.ReplaceLossySequences(Encoding.Latin1.GetBytes(latin1)));

    [Theory]
    [InlineData("Ã©")]
    [InlineData("â€œ")]
    [InlineData("a \u0085")]
    [InlineData("Ã la")]
    [InlineData("ГўВЂВ😀 ")]
    [InlineData("вЂ”")]
    [InlineData("βÂ \ufffd")]
    public void Improbable_neighbours_are_evidence(string text) => Assert.True(MojibakeHeuristic.IsBad(text));

    [Theory]
    [InlineData("Ü ö ß")]
    [InlineData("über 5 €")]
    [InlineData("œuvre")]
    public void Ordinary_text_shows_none(string text) => Assert.False(MojibakeHeuristic.IsBad(text));

    [Fact]
    public void Single_byte_encodings_are_one_to_one()
    {
        SingleByteEncoding[] encodings =
        [
            SingleByteEncoding.Latin1, SingleByteEncoding.Latin2, SingleByteEncoding.MacRoman, SingleByteEncoding.CodePage437,
            SingleByteEncoding.Windows1250, SingleByteEncoding.Windows1251, SingleByteEncoding.Windows1252,
            SingleByteEncoding.Windows1253, SingleByteEncoding.Windows1254, SingleByteEncoding.Windows1257,
        ];
        byte[] all = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];
        foreach (var encoding in encodings)
        {
            Assert.True(encoding.TryEncode(string.Concat(all.Select(encoding.Decode)), out var bytes));
            Assert.Equal(all, bytes);
            Assert.Equal(!encoding.IsSloppy, encoding.TryEncode("\u001a", out _));
            Assert.Equal(encoding.IsSloppy, encoding.TryEncode("\ufffd", out _));
        }
    }

    [Fact]
    public void Code_pages_agree_with_the_platform()
    {
        (SingleByteEncoding Ours, int CodePage)[] pairs =
        [
            (SingleByteEncoding.Windows1250, 1250), (SingleByteEncoding.Windows1251, 1251), (SingleByteEncoding.Windows1252, 1252),
            (SingleByteEncoding.Windows1254, 1254), (SingleByteEncoding.Latin2, 28592), (SingleByteEncoding.CodePage437, 437),
        ];
        foreach (var (ours, codePage) in pairs)
        {
            var theirs = CodePagesEncodingProvider.Instance.GetEncoding(codePage)!;
            for (var b = 128; b < 256; b++)
            {
                Assert.Equal(theirs.GetString([(byte)b]), ours.Decode((byte)b).ToString());
            }
        }
    }
}

namespace WorldModelActors.Models.Tests;

public class TextFixerTests
{
    [Theory]
    [InlineData("Pick up the robot’s “left” arm", "Pick up the robot's \"left\" arm")]
    [InlineData("ʼtis ‛so‚", "'tis 'so'")]
    [InlineData("ﬁne ﬂuﬃeﬆ Ĳsselmeer ǆ", "fine fluffiest IJsselmeer dž")]
    [InlineData("ＬＯＵＤ　ＮＯＩＳＥＳ", "LOUD NOISES")]
    [InlineData("ﾛﾎﾞｯﾄ ﾊﾟﾝ", "ロボット パン")]
    [InlineData("ﾡￂￃ ￦￣", "가ᅢ ₩ \u0304")]
    [InlineData("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\ne")]
    [InlineData("\u001b[36;44mblue\u001b[0m \u001b[?25h", "blue [?25h")]
    [InlineData("\ufeffa\0b\u001fc\u007fd\u206ae\ufffc", "abcde")]
    [InlineData("tab\tand\fform feed\u200bstay", "tab\tand\fform feed\u200bstay")]
    [InlineData("cafe\u0301 a\u0323\u0302", "café ậ")]
    [InlineData("smile :\u0091", "smile :'")]
    public void Characters(string broken, string whole) => Assert.Equal(whole, TextFixer.Fix(broken));

    [Fact]
    public void Lone_surrogates() => Assert.Equal("low \ufffd high \ufffd 😀", TextFixer.Fix("low \ud83d high \ude00 \ud83d\ude00"));

    [Theory]
    [InlineData("schÃ¶n", "schön")]
    [InlineData("âœ” No problems", "✔ No problems")]
    [InlineData("itâ€™s â€œthereâ€\u009d", "it's \"there\"")]
    [InlineData("ÃƒÂ©t\u00c3\u00a9", "été")]
    [InlineData("voilÃ le travail", "voilà le travail")]
    [InlineData("Ã quelle heure", "à quelle heure")]
    [InlineData("Ã s vezes", "às vezes")]
    [InlineData("â€œ like this â€\ufffd", "\" like this \ufffd")]
    [InlineData("РџСЂРёРІРµС‚ вЂ” РјРёСЂ", "Привет — мир")]
    [InlineData("ÎšÎ¿Ï…Ï„Î¯", "Κουτί")]
    [InlineData("Å‚Ã³dÅº", "łódź")]
    [InlineData("Ĺ‚Ăłdka", "łódka")]
    [InlineData("uÄŸur gÃ¼Ã§lÃ¼", "uğur güçlü")]
    [InlineData("√©t√©", "été")]
    [InlineData("Gr├╝├ƒe", "Grüße")]
    [InlineData("ðŸ¤– arm", "🤖 arm")]
    [InlineData("í\u00a0½í¸\u0080", "😀")]
    [InlineData("one fine Ã© in “quotes” and ☃", "one fine é in \"quotes\" and ☃")]
    public void Mojibake(string broken, string whole) => Assert.Equal(whole, TextFixer.Fix(broken));

    [Theory]
    [InlineData("ÄÖÜ ÀÉÎÕÜ ß")]
    [InlineData("¿Qué? ¡Sí! 5° × 3 ± ½ €5 «oui»")]
    [InlineData("Žluťoučký kůň")]
    [InlineData("日本語のテキスト, Привет, мир, Ελληνικά, עברית")]
    [InlineData("┌──┐ ╔══╗")]
    [InlineData("(ಠ_ಠ) ლ(ಠ益ಠლ)")]
    [InlineData("Å, Ørsted, São Paulo, Señor")]
    public void Sound_text_stays(string text) => Assert.Equal(text, TextFixer.Fix(text));

    [Fact]
    public void Html_references_are_resolved_unless_the_text_is_html()
    {
        Assert.Equal("a & b", TextFixer.Fix("a &amp;amp; b"));
        Assert.Equal("<b> &amp;", TextFixer.Fix("<b> &amp;"));
        Assert.Equal("&\n<\n&amp;", TextFixer.Fix("&amp;\n<\n&amp;"));
        Assert.Equal("this&notthat &copy 5", TextFixer.Fix("this&notthat &copy 5"));
    }

    [Fact]
    public void Lines_are_repaired_apart() => Assert.Equal("é\n☃ é\né", TextFixer.Fix("Ã©\n☃ Ã©\né"));

    [Fact]
    public void A_line_longer_than_a_segment_is_cut_between_code_points()
    {
        // In the first text the cut parts the two characters of é.
        Assert.Equal("😀😀😀Ã©", TextFixer.Fix("😀😀😀Ã©", longestSegment: 4));
        Assert.Equal("😀😀é", TextFixer.Fix("😀😀Ã©", longestSegment: 4));
        Assert.Equal("😀😀😀😀😀", TextFixer.Fix("😀😀😀😀😀", longestSegment: 2));
    }
}

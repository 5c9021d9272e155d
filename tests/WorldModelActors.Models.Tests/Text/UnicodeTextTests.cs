using System.Globalization;

namespace WorldModelActors.Models.Tests;

public class UnicodeTextTests
{
    [Theory]
    [InlineData("ΟΔΟΣ ΣΑΣ Σ", "οδος σας σ")]
    [InlineData("ΑΣ'Α ΑΣ' ΑΣ.Β", "ασ'α ας' ασ.β")]
    [InlineData("𐐀Σ Σ𐐀", "𐐨ς σ𐐨")]
    [InlineData("İI", "i\u0307i")]
    [InlineData("ǅ K Å ẞ", "ǆ k å ß")]
    [InlineData("ſ ß ŉ", "ſ ß ŉ")]
    public void Lower_case_is_full(string text, string expected) => Assert.Equal(expected, UnicodeText.ToLower(text));

    [Fact]
    public void Lower_case_keeps_lone_surrogates() => Assert.Equal("\ud800aς\udc00", UnicodeText.ToLower("\ud800AΣ\udc00"));

    [Theory]
    [InlineData(" \u001c\u0085\u00a0a b\u3000\u2028", "a b")]
    [InlineData("\u200ba\u2060", "\u200ba\u2060")]
    [InlineData(" \t", "")]
    public void Trim_knows_all_spaces(string text, string expected) => Assert.Equal(expected, UnicodeText.Trim(text));

    [Theory]
    [InlineData("e\u0301", "é")]
    [InlineData("\u212b \u2126", "Å Ω")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("a\u0302\u0301", "ấ")]
    [InlineData("a\u0300\u0301", "à\u0301")]
    [InlineData("\u1100\u1161\u11a8 \u1112\u1161\u11ab", "각 한")]
    [InlineData("가\u11a8 각\u11a8", "각 각\u11a8")]
    [InlineData("\u0958 \u0344 \u2adc", "\u0915\u093c \u0308\u0301 \u2add\u0338")]
    [InlineData("\u0301a", "\u0301a")]
    [InlineData("𑂙\U000110ba", "𑂚")]
    [InlineData("é", "é")]
    public void Composition_follows_UAX_15(string text, string expected) =>
        Assert.Equal(expected, CanonicalComposition.Normalize(text));

    [Fact]
    public void Every_canonical_decomposition_composes_back_or_is_excluded()
    {
        foreach (var line in TextResource.Lines("canonical-forms.txt").Where(line => !line.StartsWith("ccc", StringComparison.Ordinal)))
        {
            var fields = line.Split(' ');
            var character = Text(fields[0].TrimEnd('!'));
            var parts = string.Concat(fields[1..].Select(Text));

            Assert.Equal(CanonicalComposition.Normalize(parts), CanonicalComposition.Normalize(character));
            Assert.Equal(!fields[0].EndsWith('!'), CanonicalComposition.Normalize(character) == character);
        }
    }

    private static string Text(string hexadecimal) =>
        char.ConvertFromUtf32(int.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}

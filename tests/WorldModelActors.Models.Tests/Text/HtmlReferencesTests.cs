namespace WorldModelActors.Models.Tests;

public class HtmlReferencesTests
{
    [Theory]
    [InlineData("&lt;b&gt; &amp;amp;", "<b> &amp;")]
    [InlineData("&eacute &copy5 &notit; &ltx", "é ©5 ¬it; <x")]
    [InlineData("&notin; &NotEqualTilde; &fjlig;", "∉ ≂\u0338 fj")]
    [InlineData("&#233;&#xE9;&#XE9&#233x", "ééééx")]
    [InlineData("&#128;&#x85;&#x81;", "€…\u0081")]
    [InlineData("&#0;&#xD800;&#x110000;&#99999999999999999999;", "\ufffd\ufffd\ufffd\ufffd")]
    [InlineData("a&#1;&#11;&#127;&#xFDD0;&#x1FFFF;b", "ab")]
    [InlineData("&#13;&#9;", "\r\t")]
    [InlineData("& &; &# &#; &#x &#x; &unknown; &é;", "& &; &# &#; &#x &#x; &unknown; &é;")]
    [InlineData("&ampamp;", "&amp;")]
    [InlineData("&CounterClockwiseContourIntegral;", "∳")]
    public void Browser_rules(string text, string expected) => Assert.Equal(expected, HtmlReferences.Unescape(text));

    [Theory]
    [InlineData("&lt;tag&gt; &amp &eacute", "<tag> &amp &eacute")]
    [InlineData("&ntilde; &Ntilde; &NTILDE; &nTILDE;", "ñ Ñ Ñ &nTILDE;")]
    [InlineData("BUNDESSTRA&SZLIG;E &FILIG; &NAPOS;", "BUNDESSTRASSE FI ʼN")]
    [InlineData("&#233; &#xE9; &#233 &#59; &#12x;", "é é &#233 &#59; &#12x;")]
    [InlineData("&#x80;&#1;&#0;", "€\ufffd")]
    [InlineData("&CounterClockwiseContourIntegral;", "&CounterClockwiseContourIntegral;")]
    [InlineData("&notit; &AMP; &GT;", "&notit; & >")]
    public void Unambiguous_references_only(string text, string expected) =>
        Assert.Equal(expected, HtmlReferences.UnescapeUnambiguous(text));

    [Fact]
    public void Every_name_of_the_standard_is_known()
    {
        // 2125 names end in a semicolon; 106 of them are also valid without.
        var names = TextResource.Lines("html5-entities.txt").Select(line => line.Split(' ')[0]).ToArray();

        Assert.Equal(2125, names.Length);
        Assert.Equal(106, names.Count(name => name.EndsWith('*')));
        Assert.All(names, name => Assert.True(HtmlEntities.TryGet(name.TrimEnd('*') + ";", out _)));
    }
}

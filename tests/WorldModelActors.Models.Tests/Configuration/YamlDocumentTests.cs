using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Models.Tests.Configuration;

public class YamlDocumentTests
{
    [Theory]
    [InlineData("1", 1L)]
    [InlineData("-12_000", -12000L)]
    [InlineData("0x1F", 31L)]
    [InlineData("0b101", 5L)]
    [InlineData("010", 8L)]
    [InlineData("0", 0L)]
    [InlineData("1.5", 1.5)]
    [InlineData("1e-4", 1e-4)]
    [InlineData("1.0e-8", 1e-8)]
    [InlineData(".5", 0.5)]
    [InlineData("-.inf", double.NegativeInfinity)]
    [InlineData("True", true)]
    [InlineData("off", false)]
    [InlineData("null", null)]
    [InlineData("~", null)]
    [InlineData("", null)]
    [InlineData("'1'", "1")]
    [InlineData("\"true\"", "true")]
    [InlineData("!!str 1", "1")]
    [InlineData("v", "v")]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("99999999999999999999", "99999999999999999999")]
    public void Scalars_mean_what_upstream_loader_reads(string text, object? expected)
        => Assert.Equal(expected, ((ConfigScalar)((ConfigMap)YamlDocument.Parse($"x: {text}"))["x"]!).Value);

    [Theory]
    [InlineData("a: 1\na: 2", "line 2: the key 'a' occurs twice")]
    [InlineData("a: {b: {c: 1, c: 2}}", "the key 'a.b.c' occurs twice")]
    [InlineData("a: !!python/object/apply:os.system [ls]", "the tag 'tag:yaml.org,2002:python/object/apply:os.system' is refused")]
    [InlineData("a: !secret 1", "the tag '!secret' is refused")]
    [InlineData("a: &x {b: 1}\nc:\n  <<: *x", "merge keys")]
    [InlineData("a: *x", "the alias '*x' has no finished anchor")]
    [InlineData("a: &x [*x]", "the alias '*x' has no finished anchor")]
    [InlineData("? [1]\n: 2", "a key is not plain text")]
    [InlineData("a: 1\n---\nb: 2", "several documents")]
    [InlineData("a: [", "is not valid YAML")]
    [InlineData("a:\n\t- b", "is not valid YAML")]
    public void What_is_refused_is_named_with_its_line(string text, string expected)
        => Assert.Contains(expected, Assert.Throws<ConfigurationException>(() => YamlDocument.Parse(text)).Message);

    [Fact]
    public void Anchors_are_copied_to_their_places()
    {
        var root = (ConfigMap)YamlDocument.Parse("a: &x {b: 1}\nc: [*x, *x]");
        var second = (ConfigMap)((ConfigList)root["c"]!).Items[1];
        Assert.Equal("c[1].b", second["b"]!.Path);
    }

    [Fact]
    public void Bombs_are_refused()
    {
        var laughs = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
        {
            laughs.AppendLine($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]");
        }

        Assert.Contains("more than 20000 values", Refusal(laughs.ToString()));
        Assert.Contains("more than 20000 values", Refusal("[" + string.Join(",", Enumerable.Repeat("1", 50_000)) + "]"));
        Assert.Contains("nested deeper than 64", Refusal(string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100))));
        Assert.Contains("longer than 1024", Refusal("? " + new string('k', 1100) + "\n: 1"));

        static string Refusal(string text) => Assert.Throws<ConfigurationException>(() => YamlDocument.Parse(text)).Message;
    }

    [Fact]
    public void Any_text_is_read_or_refused()
    {
        var pieces = new[] { "a", "b", ": ", "- ", "\n", "  ", "[", "]", "{", "}", ",", "&x ", "*x", "!!int ", "'", "\"", "${a}", "#", "|", ">", "<<", "?", "1", "\t", "---", "..." };
        Prop.ForAll(Gen.Elements(pieces).ListOf().Resize(40).Select(string.Concat).ToArbitrary(), text =>
        {
            try
            {
                YamlDocument.Parse(text);
            }
            catch (ConfigurationException)
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithReplay(2, 9).WithMaxTest(3000));
    }
}

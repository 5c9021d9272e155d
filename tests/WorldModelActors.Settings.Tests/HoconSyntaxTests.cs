namespace WorldModelActors.Settings.Tests;

/// <summary>What can be written, by example.</summary>
public sealed class HoconSyntaxTests
{
    [Theory]
    [InlineData("a { b { c = 1 } }")]
    [InlineData("a.b.c = 1")]
    [InlineData("a { b.c : 1 }")]
    [InlineData("{ \"a\" : { \"b\" : { \"c\" : 1 } } }")]
    [InlineData("a.b { c = 1, }")]
    [InlineData("a : { b : \n { c : \n 1 \n } \n }")]
    [InlineData("\uFEFFa.b.c=1")]
    [InlineData("a . b . c = 1 // comment")]
    [InlineData("# comment\n\n  a.b.c = 1\t# comment\r\n")]
    [InlineData("a.b = {}\na.b.c = 1")]
    [InlineData("a.b.c = 2\na.b.c = 1")]
    [InlineData("a = 5\na { b { c = 1 } }")]
    public void Keys_nest_by_braces_and_dots(string text) => Assert.Equal(1, Hocon.Read(text).GetInt("a.b.c"));

    [Fact]
    public void Objects_merge_and_other_values_replace()
    {
        var config = Hocon.Read(
            """
            a { x = 1, y { p = 1, q = 2 } }
            a { y { q = 3 }, z = [1, 2] }
            a.z = [4]
            b { x = 1 }
            b = plain
            b { y = 2 }
            """);
        Assert.Equal(
            Hocon.Read("a { x = 1, y { p = 1, q = 3 }, z = [4] }, b { y = 2 }").Root,
            config.Root);
    }

    [Fact]
    public void Arrays_take_commas_and_lines()
    {
        var config = Hocon.Read(
            """
            a = [1, 2, 3]
            b = [
              1
              2 # two

              3,
            ]
            c = [[1], { x = 2 }, text with blanks, "a, b"]
            d = []
            """);
        Assert.Equal([1, 2, 3], config.GetIntList("a"));
        Assert.Equal([1, 2, 3], config.GetIntList("b"));
        Assert.Equal(4, config.GetList("c").Count);
        Assert.Equal("text with blanks", ((HoconScalar)config.GetList("c")[2]).Text);
        Assert.Equal("a, b", ((HoconScalar)config.GetList("c")[3]).Text);
        Assert.Empty(config.GetList("d"));
    }

    [Fact]
    public void Texts_need_quotes_only_for_reserved_characters()
    {
        var config = Hocon.Read(
            """""
            plain = runs/demo_1-a.b
            words =   two  words   # comment
            quoted = "a \"b\" \\ \/ \n \t \u0041 ${not} # no comment"
            mixed = a"b c"d
            long = """line 1
              "line" 2\n"""
            quotes = """"quoted""""
            empty = ""
            number = -1.5e+3
            numbers = 1.5e-3
            umlaut = Grüße
            slash = a/b
            """"");
        Assert.Equal("runs/demo_1-a.b", config.GetString("plain"));
        Assert.Equal("two  words", config.GetString("words"));
        Assert.Equal("a \"b\" \\ / \n \t A ${not} # no comment", config.GetString("quoted"));
        Assert.Equal("ab cd", config.GetString("mixed"));
        Assert.Equal("line 1\n  \"line\" 2\\n", config.GetString("long"));
        Assert.Equal("\"quoted\"", config.GetString("quotes"));
        Assert.Equal(string.Empty, config.GetString("empty"));
        Assert.Equal(-1500.0, config.GetDouble("number"));
        Assert.Equal(0.0015, config.GetDouble("numbers"));
        Assert.Equal("Grüße", config.GetString("umlaut"));
        Assert.Equal("a/b", config.GetString("slash"));
    }

    [Fact]
    public void Quoted_keys_are_one_element()
    {
        var config = Hocon.Read("\"a.b\".c = 1, two words = 2, \"\" = 3, include = 4, includes.x = 5");
        Assert.Equal(1, config.GetInt("\"a.b\".c"));
        Assert.Equal(2, config.GetInt("two words"));
        Assert.Equal(3, config.GetInt("\"\""));
        Assert.Equal(4, config.GetInt("include"));
        Assert.Equal(5, config.GetInt("includes.x"));
        Assert.False(config.Has("a.b.c"));
    }

    [Fact]
    public void Plus_equals_appends()
    {
        var config = Hocon.Read(
            """
            a += 1
            a += 2
            b = [1]
            b += [2]
            b += { x = 3 }
            c { d = [1] }
            c.d += 2
            c { d += 3 }
            """);
        Assert.Equal([1, 2], config.GetIntList("a"));
        Assert.Equal(3, config.GetList("b").Count);
        Assert.Equal([1, 2, 3], config.GetIntList("c.d"));
        Assert.Equal([1, 2], Hocon.Read("a += 2").WithFallback(Hocon.Read("a = [1]")).GetIntList("a"));
    }

    [Fact]
    public void Null_unsets()
    {
        var config = Hocon.Read("a = 1, a = null, b = \"null\", c = null, c = 2");
        Assert.False(config.Has("a"));
        Assert.Null(config.GetStringOrNull("a"));
        Assert.Equal("null", config.GetString("b"));
        Assert.Equal(2, config.GetInt("c"));
    }

    [Theory]
    [InlineData("a = ", "a: expected a value, found the end (test.conf:1:5)")]
    [InlineData("a = 1\nb = ]", "b: expected a value, found ']' (test.conf:2:5)")]
    [InlineData("x {\n  a = 1", "x: '{' is not closed (test.conf:1:3)")]
    [InlineData("x = [1, 2", "x: '[' is not closed (test.conf:1:5)")]
    [InlineData("x = \"abc\ny = 1", "the quoted text is not closed: add '\"', or use \"\"\" for several lines (test.conf:1:5)")]
    [InlineData("x = \"\"\"abc", "the text in \"\"\" is not closed (test.conf:1:5)")]
    [InlineData("x = \"\\q\"", "'\\q' is no escape: write '\\\\' for a backslash (test.conf:1:6)")]
    [InlineData("x = \"\\u12g4\"", "'\\u' needs four hexadecimal digits (test.conf:1:6)")]
    [InlineData("wma { rollout {\n  seed 5 } }", "wma.rollout.\"seed 5\": expected '=', ':', '+=' or '{' after the key, found '}' (test.conf:2:10)")]
    [InlineData("a = b = c", "a: expected a value, found '=': put '\"' around text that holds it (test.conf:1:7)")]
    [InlineData("a = http://host", "a: expected a value, found ':': put '\"' around text that holds it (test.conf:1:9)")]
    [InlineData("a = 1 }", "expected a new line or ',', found '}' (test.conf:1:7)")]
    [InlineData("a = [1 2, 3}", "expected a new line, ',' or ']', found '}' (test.conf:1:12)")]
    [InlineData(", a = 1", "expected a key, found ',' (test.conf:1:1)")]
    [InlineData("a = 1,, b = 2", "expected a key, found ',' (test.conf:1:7)")]
    [InlineData("a..b = 1", "an element of the key is empty (test.conf:1:1)")]
    [InlineData(".a = 1", "an element of the key is empty (test.conf:1:1)")]
    [InlineData("a = ${b", "a: expected '}' at the end of the substitution, found the end (test.conf:1:8)")]
    [InlineData("a = ${}", "expected a key, found '}' (test.conf:1:7)")]
    [InlineData("a = $b", "a: expected a value, found '$': put '\"' around text that holds it (test.conf:1:5)")]
    [InlineData("[1]", "settings are an object, not an array (test.conf:1:1)")]
    [InlineData("{ a = 1 } b", "expected nothing after the closing '}', found 'b' (test.conf:1:11)")]
    [InlineData("include url(\"x\")", "only files can be included: write include \"other.conf\" (test.conf:1:1)")]
    [InlineData("include \"x\"", "settings that do not come from a file cannot include one (test.conf:1:1)")]
    [InlineData("a\u0000 = 1", "a: expected '=', ':', '+=' or '{' after the key, found U+0000 (test.conf:1:2)")]
    public void Errors_name_key_fault_and_place(string text, string message) => Assert.Equal(message, Hocon.Error(text).Message);

    [Fact]
    public void Depth_is_limited()
    {
        Assert.Contains("nested deeper", Hocon.Error(string.Concat(Enumerable.Repeat("a {", 100_000))).Message, StringComparison.Ordinal);
        Assert.Contains("nested deeper", Hocon.Error("a = " + new string('[', 100_000)).Message, StringComparison.Ordinal);
        Assert.Contains("elements", Hocon.Error(string.Join('.', Enumerable.Repeat("a", 100_000)) + " = 1").Message, StringComparison.Ordinal);
        var deepest = string.Concat(Enumerable.Repeat("a {", 60)) + "b = 1" + new string('}', 60);
        Assert.Equal(1, Hocon.Read(deepest).GetInt(string.Concat(Enumerable.Repeat("a.", 60)) + "b"));
    }

    [Fact]
    public void Long_lists_are_no_deep_ones()
    {
        var config = Hocon.Read(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"a += {i}\n")));
        Assert.Equal(Enumerable.Range(0, 20_000), config.GetIntList("a"));
    }
}

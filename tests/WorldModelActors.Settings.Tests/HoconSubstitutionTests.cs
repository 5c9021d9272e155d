namespace WorldModelActors.Settings.Tests;

/// <summary>Substitutions and concatenation.</summary>
public sealed class HoconSubstitutionTests
{
    [Fact]
    public void A_substitution_sees_the_final_value()
    {
        var config = Hocon.Read("a = ${b}, b = 1, b = 2, c = ${d.e}, d { e = ${f} }, f = [1, ${b}]");
        Assert.Equal(2, config.GetInt("a"));
        Assert.Equal([1, 2], config.GetIntList("c"));
    }

    [Fact]
    public void Parts_are_joined()
    {
        var config = Hocon.Read(
            """
            root = /data
            text = ${root}/runs "a b" ${root}
            array = [1] [2, 3] ${more}
            more = [4]
            base { x = 1, y { p = 1 } }
            object = ${base} { y { q = 2 }, z = 3 }
            """);
        Assert.Equal("/data/runs a b /data", config.GetString("text"));
        Assert.Equal([1, 2, 3, 4], config.GetIntList("array"));
        Assert.Equal(Hocon.Read("x = 1, y { p = 1, q = 2 }, z = 3").Root, config.GetObject("object"));
        Assert.Equal(2, config.GetInt("object.y.q"));
    }

    [Fact]
    public void Optional_substitutions_may_be_missing()
    {
        var config = Hocon.Read(
            """
            a = ${?nothing}
            b = 1
            b = ${?nothing}
            c = [1, ${?nothing}, 2]
            d = ${?nothing} text ${?nothing}
            e = ${?nothing}${?nothing}
            f = ${?nothing} { x = 1 }
            """);
        Assert.False(config.Has("a"));
        Assert.Equal(1, config.GetInt("b"));
        Assert.Equal([1, 2], config.GetIntList("c"));
        Assert.Equal("text", config.GetString("d"));
        Assert.False(config.Has("e"));
        Assert.Equal(1, config.GetInt("f.x"));
    }

    [Fact]
    public void The_environment_answers_last()
    {
        const string text = "vocab = null, vocab = ${?WMA_CLIP_VOCAB}, home = ${HOME}/x, own = ${HOME2}, HOME2 = settings";
        var config = Hocon.Read(text, ("WMA_CLIP_VOCAB", "/v.gz"), ("HOME", "/home/me"), ("HOME2", "environment"));
        Assert.Equal("/v.gz", config.GetString("vocab"));
        Assert.Equal("/home/me/x", config.GetString("home"));
        Assert.Equal("settings", config.GetString("own"));
        Assert.Equal("environment variable WMA_CLIP_VOCAB", config.OriginOf("vocab").ToString());
        Assert.False(Hocon.Read(text, ("HOME", "/")).Has("vocab"));
    }

    [Fact]
    public void A_value_may_refer_to_its_older_self()
    {
        var config = Hocon.Read(
            """
            path = a
            path = ${path}":b"
            path = ${path}":c"
            list = [1]
            list = ${list} [2]
            object { x = 1 }
            object = ${object} { y = ${object.x} }
            object.z = ${object.y}
            inner { a = 1 }
            inner.a = ${inner.a}0
            fresh = ${?fresh}new
            """);
        Assert.Equal("a:b:c", config.GetString("path"));
        Assert.Equal([1, 2], config.GetIntList("list"));
        Assert.Equal(Hocon.Read("x = 1, y = 1, z = 1").Root, config.GetObject("object"));
        Assert.Equal(10, config.GetInt("inner.a"));
        Assert.Equal("new", config.GetString("fresh"));
    }

    [Fact]
    public void Neighbours_within_an_object_are_no_cycle()
    {
        // The examples of HOCON.md, "self-referential substitutions".
        Assert.Equal(43, Hocon.Read("bar : { foo : 42, baz : ${bar.foo} }, bar : { foo : 43 }").GetInt("bar.baz"));
        var crossed = Hocon.Read("bar : { a : ${foo.d}, b : 1 }, bar.b = 3, foo : { c : ${bar.b}, d : 2 }, foo.d = 4");
        Assert.Equal(4, crossed.GetInt("bar.a"));
        Assert.Equal(3, crossed.GetInt("foo.c"));
        Assert.Equal(2, Hocon.Read("a = ${b}, a { x = 1, z = 2 }, b { y = ${a.z} }").GetInt("a.y"));
    }

    [Fact]
    public void Fall_backs_are_put_under_before_substitution()
    {
        var reference = Hocon.Read("wma { root = /r, out = ${wma.root}/out, seed = 1 }");
        var user = Hocon.Read("wma { root = /u, seed = ${wma.seed}2, log = ${wma.out}/log }");
        var config = user.WithFallback(reference);
        Assert.Equal("/u/out", config.GetString("wma.out"));
        Assert.Equal(12, config.GetInt("wma.seed"));
        Assert.Equal("/u/out/log", config.GetString("wma.log"));
        Assert.Equal("/r/out", reference.GetString("wma.out"));
    }

    [Theory]
    [InlineData("a = ${b}", "${b} is not set: define it, or write ${?b} if it may be missing (test.conf:1:5)")]
    [InlineData("a = x${b}", "${b} is not set: define it, or write ${?b} if it may be missing (test.conf:1:6)")]
    [InlineData("a = ${a}", "${a} refers to itself, and nothing older is assigned (test.conf:1:5)")]
    [InlineData("a = ${b}\nb = ${a}", "b: ${a} closes a circle: 'a' is made from it (test.conf:2:5)")]
    [InlineData("a = ${b}\nb = ${c}\nc = ${a}x", "c: ${a} closes a circle: 'a' is made from it (test.conf:3:5)")]
    [InlineData("a { x = ${a} }", "a.x: ${a} closes a circle: 'a' is made from it (test.conf:1:9)")]
    [InlineData("a = 1, a = ${?b}\nb = 2, b = ${?a}", "b: ${?a} closes a circle: 'a' is made from it (test.conf:2:12)")]
    [InlineData("a = ${b}\nb { x = ${a.y}, y = 3 }", "b.x: ${a.y} closes a circle: 'a' is made from it (test.conf:2:9)")]
    [InlineData("a { x = [${a.x}] }", "${a.x} refers to itself, and nothing older is assigned (test.conf:1:10)")]
    [InlineData("a = [1] text", "an array and 'text' cannot be joined (test.conf:1:5)")]
    [InlineData("a = {} [1]", "an object and an array cannot be joined (test.conf:1:5)")]
    [InlineData("a = ${b} x\nb { c = 1 }", "an object and 'x' cannot be joined (test.conf:1:5)")]
    public void What_cannot_be_replaced_is_named(string text, string message) => Assert.Equal(message, Hocon.Error(text).Message);

    [Fact]
    public void A_bomb_is_refused_in_time()
    {
        Assert.Contains("too much", Hocon.Error(Bomb("${a{0}}${a{0}}", "x")).Message, StringComparison.Ordinal);
        Assert.Contains("too much", Hocon.Error(Bomb("${a{0}} ${a{0}}", "[1, 2]")).Message, StringComparison.Ordinal);
        Assert.Contains("too", Hocon.Error(string.Concat(Enumerable.Range(0, 5000).Select(i => $"a{i} = ${{a{i + 1}}}\n"))).Message, StringComparison.Ordinal);
        Assert.Contains("too", Hocon.Error(string.Concat(Enumerable.Range(0, 5000).Select(i => $"a = ${{?a}} {{ k{i} = 1 }}\n"))).Message, StringComparison.Ordinal);

        static string Bomb(string twice, string seed) =>
            $"a0 = {seed}\n" + string.Concat(Enumerable.Range(1, 60).Select(
                i => $"a{i} = {twice.Replace("{0}", (i - 1).ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)}\n"));
    }
}

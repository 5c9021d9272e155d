namespace WorldModelActors.Settings.Tests;

public sealed class HoconIncludeTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wma-hocon-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Included_keys_stand_where_the_include_stands()
    {
        Write("base.conf", "x = 1, y = 1");
        Write("main.conf", "x = 0\ninclude \"base.conf\"\ny = 2\ninner {\n  include \"base.conf\", y = 3 }");
        var config = Load("main.conf");
        Assert.Equal(Hocon.Read("x = 1, y = 2, inner { x = 1, y = 3 }").Root, config.Root);
    }

    [Fact]
    public void Paths_are_relative_to_the_including_file()
    {
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "sub"));
        Write("sub/a.conf", "a = 1\ninclude file(\"b.conf\")");
        Write("sub/b.conf", "b = 2\ninclude \"../c.conf\"");
        Write("c.conf", "c = 3");
        Write("main.conf", "include required(file(\"sub/a.conf\"))\ninclude required( \"c.conf\" )");
        var config = Load("main.conf");
        Assert.Equal((1, 2, 3), (config.GetInt("a"), config.GetInt("b"), config.GetInt("c")));
        Assert.EndsWith(Path.Combine("sub", "b.conf") + ":1:5", config.OriginOf("b").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_matters_only_if_it_is_required()
    {
        Write("main.conf", "include \"nothing.conf\"\nx = 1");
        Assert.Equal(1, Load("main.conf").GetInt("x"));
        Write("strict.conf", "x = 1\ninclude required(file(\"nothing.conf\"))");
        var error = Assert.Throws<HoconException>(() => Load("strict.conf"));
        Assert.Matches("^the settings file '.*nothing.conf' does not exist \\(.*strict.conf:2:1\\)$", error.Message);
        error = Assert.Throws<HoconException>(() => Load("absent.conf"));
        Assert.Matches("^the settings file '.*absent.conf' does not exist$", error.Message);
    }

    [Fact]
    public void Substitutions_look_first_below_the_place_of_the_include()
    {
        Write("part.conf", "x = 10, y = ${x}, z = ${outer}, w += 1, w += 2");
        Write("main.conf", "x = 1, outer = 2, place { include \"part.conf\" }\nplace.x = 11");
        var config = Load("main.conf");
        Assert.Equal(11, config.GetInt("place.y"));
        Assert.Equal(2, config.GetInt("place.z"));
        Assert.Equal([1, 2], config.GetIntList("place.w"));
    }

    [Fact]
    public void A_circle_is_found()
    {
        Write("a.conf", "include \"b.conf\"");
        Write("b.conf", "x = 1\ninclude \"a.conf\"");
        var error = Assert.Throws<HoconException>(() => Load("a.conf"));
        Assert.Matches("^the settings file '.*a.conf' includes itself \\(.*b.conf:2:1\\)$", error.Message);
    }

    [Fact]
    public void Includes_are_limited()
    {
        for (var i = 0; i < 20; i++)
        {
            Write($"{i}.conf", $"include \"{i + 1}.conf\"");
        }

        Write("20.conf", "x = 1");
        Assert.Contains("too many includes", Assert.Throws<HoconException>(() => Load("0.conf")).Message, StringComparison.Ordinal);
        for (var i = 0; i < 10; i++)
        {
            Write($"w{i}.conf", string.Concat(Enumerable.Repeat($"include \"w{i + 1}.conf\"\n", 10)));
        }

        Assert.Contains("too many includes", Assert.Throws<HoconException>(() => Load("w0.conf")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_text_file_is_refused()
    {
        File.WriteAllBytes(Path.Combine(_directory.FullName, "binary.conf"), [0x61, 0x3d, 0xff, 0xfe, 0x80]);
        Assert.Contains("cannot be read", Assert.Throws<HoconException>(() => Load("binary.conf")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<HoconException>(() => Load(".")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<HoconException>(() => HoconConfig.Load("a\0b")).Message, StringComparison.Ordinal);
        Write("huge.conf", new string(' ', 5 << 20));
        Assert.Contains("longer than", Assert.Throws<HoconException>(() => Load("huge.conf")).Message, StringComparison.Ordinal);
        Write("nul.conf", "include \"a\\u0000b\"");
        Assert.Throws<HoconException>(() => Load("nul.conf"));
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory.FullName, name), text);

    private HoconConfig Load(string name) => HoconConfig.Load(Path.Combine(_directory.FullName, name), _ => null);
}

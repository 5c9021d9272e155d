namespace WorldModelActors.Settings.Tests;

/// <summary>Typed reading and its errors.</summary>
public sealed class HoconValueTests
{
    [Theory]
    [InlineData("5s", 5_000)]
    [InlineData("200ms", 200)]
    [InlineData("2 minutes", 120_000)]
    [InlineData("\"2 minutes\"", 120_000)]
    [InlineData("1.5 h", 5_400_000)]
    [InlineData("250", 250)]
    [InlineData("1 day", 86_400_000)]
    [InlineData("0.5 seconds", 500)]
    [InlineData("3w", 3 * 7 * 86_400_000L)]
    [InlineData("1000 us", 1)]
    [InlineData("1000000ns", 1)]
    public void Durations(string text, long milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Hocon.Read($"t = {text}").GetDuration("t"));

    [Theory]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("16k", 16 << 10)]
    [InlineData("16 K", 16 << 10)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("2 G", 2L << 30)]
    [InlineData("1.5 kB", 1500)]
    [InlineData("100", 100)]
    [InlineData("7 bytes", 7)]
    [InlineData("1T", 1L << 40)]
    public void Sizes(string text, long bytes) => Assert.Equal(bytes, Hocon.Read($"s = {text}").GetSize("s"));

    [Theory]
    [InlineData("on", true)]
    [InlineData("yes", true)]
    [InlineData("true", true)]
    [InlineData("off", false)]
    [InlineData("no", false)]
    [InlineData("false", false)]
    public void Switches(string text, bool value) => Assert.Equal(value, Hocon.Read($"b = {text}").GetBool("b"));

    [Fact]
    public void Errors_name_key_wish_finding_and_place()
    {
        var config = Hocon.Read(
            """
            a {
              word = abc
              list = [1, x]
              big = 99999999999
              none = null
              object { x = 1 }
            }
            """);
        Check("a.word: expected an integer, found 'abc' (test.conf:2:10)", it => it.GetInt("a.word"));
        Check("a.word: expected a number, found 'abc' (test.conf:2:10)", it => it.GetDouble("a.word"));
        Check("a.word: expected on or off, found 'abc' (test.conf:2:10)", it => it.GetBool("a.word"));
        Check("a.word: expected a duration such as 200ms, 5s or 2 minutes, found 'abc' (test.conf:2:10)", it => it.GetDuration("a.word"));
        Check("a.word: expected a size such as 16k, 512MiB or 2GB, found 'abc' (test.conf:2:10)", it => it.GetSize("a.word"));
        Check("a.word: expected an array such as [1, 2], found 'abc' (test.conf:2:10)", it => it.GetList("a.word"));
        Check("a.word: expected an object, found 'abc' (test.conf:2:10)", it => it.GetObject("a.word"));
        Check("a.word: expected one of x, y, found 'abc' (test.conf:2:10)", it => it.GetChoice("a.word", new Dictionary<string, int> { ["x"] = 1, ["y"] = 2 }));
        Check("a.list[1]: expected an integer, found 'x' (test.conf:3:14)", it => it.GetIntList("a.list"));
        Check("a.list[0]: expected an integer not below 2, found '1' (test.conf:3:11)", it => it.GetIntList("a.list", 2));
        Check("a.list: expected a text, found an array (test.conf:3:10)", it => it.GetString("a.list"));
        Check("a.big: expected an integer from -2147483648 to 2147483647, found '99999999999' (test.conf:4:9)", it => it.GetInt("a.big"));
        Check("a.big: expected an integer from 1 to 1000, found '99999999999' (test.conf:4:9)", it => it.GetLong("a.big", 1, 1000));
        Check("a.big: expected a number from 0 to 1, found '99999999999' (test.conf:4:9)", it => it.GetDouble("a.big", 0, 1));
        Check("a.big: expected a duration not above 00:00:01, found '99999999999' (test.conf:4:9)", it => it.GetDuration("a.big", max: TimeSpan.FromSeconds(1)));
        Check("a.none: not set (test.conf:5:10)", it => it.GetInt("a.none"));
        Check("a.object: expected an integer, found an object (test.conf:6:10)", it => it.GetInt("a.object"));
        Check("a.absent: not set", it => it.GetString("a.absent"));

        void Check(string message, Action<HoconConfig> read) =>
            Assert.Equal(message, Assert.Throws<HoconException>(() => read(config)).Message);
    }

    [Theory]
    [InlineData("-5s")]
    [InlineData("5 parsecs")]
    [InlineData("s")]
    [InlineData("1e3s")]
    [InlineData("99999999999999999999w")]
    [InlineData("79228162514264337593543950335 d")]
    [InlineData("1.2.3s")]
    public void Absurd_durations(string text) =>
        Assert.Throws<HoconException>(() => Hocon.Read($"t = \"{text}\"").GetDuration("t"));

    [Theory]
    [InlineData("nan")]
    [InlineData("infinity")]
    [InlineData("1e999")]
    [InlineData("0x10")]
    [InlineData("1,5")]
    public void Absurd_numbers(string text) =>
        Assert.Throws<HoconException>(() => Hocon.Read($"x = \"{text}\"").GetDouble("x"));

    [Fact]
    public void A_bad_path_is_a_fault_of_its_own() =>
        Assert.Throws<HoconException>(() => Hocon.Read("a = 1").GetInt("a = 1"));
}

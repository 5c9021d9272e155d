using System.Text;

namespace WorldModelActors.Settings.Tests;

/// <summary>Whatever is read ends with a configuration or with one clear line; never with another exception, never not at all.</summary>
public sealed class HoconFuzzTests
{
    private static readonly string[] Pieces =
    [
        "a", "b", "a.b", "wma", "\"", "\"\"\"", "{", "}", "[", "]", "=", ":", "+=", ",", "\n", " ", "#", "//", "${", "${?", "}", "${a}", "${?a}", "${a.b}",
        "${b}", "include ", "include \"x\"", "required(", "file(", ")", "null", "1", "1e+5", "5s", "\\", "\\u", "\t", "\r", "\0", "\uFEFF", "$", "?", "a=1", "a{b=1}",
        "a=${a}", "a=${b}", "b=${a}", "a+=1", "a=${a}{c=${a}}", "b=[${a}]", "ü", "\ud800",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_pieces(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 5000; i++)
        {
            Survive(string.Concat(random.GetItems(Pieces, random.Next(1, 40))));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_bytes(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Survive(Encoding.Latin1.GetString(bytes));
            Survive(Encoding.UTF8.GetString(bytes));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_reference(int seed)
    {
        var random = new Random(seed);
        var reference = BuiltInSettings.ReferenceText;
        for (var i = 0; i < 400; i++)
        {
            var text = new StringBuilder(reference);
            for (var edits = random.Next(1, 8); edits > 0; edits--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0:
                        text.Remove(at, Math.Min(random.Next(1, 30), text.Length - at));
                        break;
                    case 1:
                        text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                        break;
                    case 2:
                        text[at] = (char)random.Next(0x80);
                        break;
                    default:
                        var length = Math.Min(random.Next(1, 200), text.Length - at);
                        text.Insert(random.Next(text.Length), text.ToString(at, length));
                        break;
                }
            }

            Survive(text.ToString());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_substitutions_agree_whatever_is_asked_first(int seed)
    {
        // Resolution remembers intermediate values; the answer must not depend on the order in which keys are resolved.
        var random = new Random(seed);
        string[] values = ["1", "[1]", "{x=1}", "${?a}", "${?b}", "${?c}", "${?a.x}", "${?b.x}", "${?a}2", "${?b}{x=2}", "{x=${?b}}", "{x=${?c.x},y=3}", "[${?a}]", "${?c}[4]"];
        var resolved = 0;
        for (var i = 0; i < 3000; i++)
        {
            var lines = Enumerable.Range(0, random.Next(2, 7)).Select(_ => $"{"abc"[random.Next(3)]} = {values[random.Next(values.Length)]}").ToArray();
            var forwards = Outcome(string.Join('\n', lines.Prepend("c = ${?zzz}\nb = ${?zzz}\na = ${?zzz}")));
            var backwards = Outcome(string.Join('\n', lines.Prepend("a = ${?zzz}\nb = ${?zzz}\nc = ${?zzz}")));
            Assert.True(Equals(forwards, backwards), $"{string.Join(" ; ", lines)}\n{forwards}\n{backwards}");
            resolved += forwards is null ? 0 : 1;
        }

        Assert.InRange(resolved, 1000, 2900);

        static HoconObject? Outcome(string text)
        {
            try
            {
                return HoconConfig.Parse(text, "test", _ => null).Root;
            }
            catch (HoconException)
            {
                return null;
            }
        }
    }

    private static void Survive(string text)
    {
        try
        {
            var config = HoconConfig.Parse(text, "fuzz", _ => null);
            config.UnknownKeys(BuiltInSettings.Reference(_ => null));
            Assert.Equal<HoconValue>(config.Root, HoconConfig.Parse(HoconRenderer.Render(config.Root), "again", _ => null).Root);
            WmaSettings.Load([config], _ => null);
        }
        catch (HoconException fault)
        {
            Assert.DoesNotContain('\n', fault.Message);
        }
    }
}

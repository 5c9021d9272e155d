using System.Text;

namespace WorldModelActors.Engine.Akka.Tests;

/// <summary>Nodes of two versions understand each other: members go by name.</summary>
public class WireVersionTests
{
    [Fact]
    public void ANewerNodeTakesAnOlderOnesMessage()
    {
        var bytes = Serializer<Version1.Progress>().ToBinary(new Version1.Progress("a/1", 7));
        Assert.Equal(new Version2.Progress(7, "a/1"), Serializer<Version2.Progress>().FromBinary(As(bytes, "Version1", "Version2"), null!));
    }

    [Fact]
    public void AnOlderNodeTakesANewerOnesMessage()
    {
        var bytes = Serializer<Version2.Progress>().ToBinary(new Version2.Progress(7, "a/1", "node-3", 5));
        Assert.Equal(new Version1.Progress("a/1", 7), Serializer<Version1.Progress>().FromBinary(As(bytes, "Version2", "Version1"), null!));
    }

    [Fact]
    public void AMemberWithoutDefaultMustCome()
    {
        var bytes = Serializer<Version1.Progress>().ToBinary(new Version1.Progress("a/1", 7));
        var refusal = Assert.Throws<WireException>(() => Serializer<Version3.Progress>().FromBinary(As(bytes, "Version1", "Version3"), null!));
        Assert.Contains("came without Mandatory", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownNumberOfAnEnumIsRefused()
    {
        var serializer = Serializer<Handle>();
        var known = serializer.ToBinary(new Handle("cpu", 1, "[1]", Phase.World));
        var at = known.AsSpan().LastIndexOf(BitConverter.GetBytes(200L));
        Assert.True(at > 0);
        known[at] = 201;
        Assert.Contains("is no 201", Assert.Throws<WireException>(() => serializer.FromBinary(known, null!)).Message, StringComparison.Ordinal);
    }

    private static WireSerializer Serializer<T>() => new(null, new WireTypes(typeof(T)));

    /// <summary>As if the type had had the same name in both versions.</summary>
    private static byte[] As(byte[] bytes, string from, string to)
    {
        var text = Encoding.Latin1.GetString(bytes);
        Assert.Contains(from, text, StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
    }
}

using System.Text;
using Hyperion;

namespace WorldModelActors.Engine.Akka.Tests;

/// <summary>A corpus of what a hostile sender might write; every piece is refused, and makes nothing.</summary>
public class HostilePayloadTests
{
    private static readonly WireSerializer Serializer = new(null, new WireTypes(typeof(Handle), typeof(Begin), typeof(Everything)));
    private static readonly byte[] Good = Serializer.ToBinary(new Handle("cpu", 1, "[1, 4, 16, 40, 64]", Phase.World));

    /// <summary>Set by <see cref="Canary"/>: a payload had its way.</summary>
    private static bool _made;

    [Theory]
    [InlineData("System.Diagnostics.Process, System.Diagnostics.Process")]
    [InlineData("System.Diagnostics.ProcessStartInfo, System.Diagnostics.Process")]
    [InlineData("System.Windows.Data.ObjectDataProvider, PresentationFramework")]
    [InlineData("System.IO.FileInfo, System.Private.CoreLib")]
    [InlineData("System.IO.FileInfo,%core%")]
    [InlineData("System.IO.FileStream,%core%")]
    [InlineData("System.Action,%core%")]
    [InlineData("System.DelegateSerializationHolder,%core%")]
    [InlineData("System.MulticastDelegate,%core%")]
    [InlineData("System.Reflection.RuntimeMethodInfo,%core%")]
    [InlineData("System.Security.Claims.ClaimsIdentity, System.Security.Claims")]
    [InlineData("System.Data.DataSet, System.Data.Common")]
    [InlineData("System.Exception,%core%")]
    [InlineData("System.AggregateException,%core%")]
    [InlineData("System.Collections.Generic.List`1[[System.Object,%core%]],%core%")]
    [InlineData("System.Collections.Generic.Dictionary`2[[System.String,%core%],[System.Object,%core%]],%core%")]
    [InlineData("System.Lazy`1[[System.Object,%core%]],%core%")]
    [InlineData("Akka.Actor.ActorRefBase+Surrogate, Akka")]
    [InlineData("Akka.Actor.Props, Akka")]
    [InlineData("WorldModelActors.Engine.Akka.Tests.HostilePayloadTests+Canary, WorldModelActors.Engine.Akka.Tests")]
    [InlineData("WorldModelActors.Engine.Akka.Tests.Handle, WorldModelActors.Engine.Akka.Tests")]
    [InlineData("WorldModelActors.Engine.Akka.WireRecord[], WorldModelActors.Engine.Akka")]
    [InlineData("")]
    [InlineData("System.Object[], System.Private.CoreLib, and more")]
    public void AManifestThatNamesAnotherTypeIsRefused(string manifest)
    {
        foreach (byte kind in (byte[])[ObjectNamed, ObjectNamedWithMembers, ArrayNamed])
        {
            Refused([kind, .. LengthPrefixed(manifest), .. new byte[64]]);
        }

        AssertNothingWasMade();
    }

    [Fact]
    public void WhatOpenHyperionWritesIsRefused()
    {
        var open = new Hyperion.Serializer(new SerializerOptions(true, true, null, null, null, false, null, false, DisabledTypeFilter.Instance));
        object[] payloads =
        [
            new Canary(), (Func<int>)(() => 5), new InvalidOperationException("outer", new ArgumentException("inner")), new FileInfo("/etc/passwd"),
            new List<object> { new Canary() }, new Dictionary<string, object> { ["a"] = new Canary() }, typeof(global::System.Diagnostics.Process),
            new object[] { new Canary() }, new Tuple<object>(new Canary()), typeof(File).GetMethod(nameof(File.Delete))!,
        ];
        foreach (var payload in payloads)
        {
            using var bytes = new MemoryStream();
            try
            {
                open.Serialize(payload, bytes);
            }
            catch (Exception)
            {
                // What Hyperion cannot write whole counts as far as it came.
            }

            Refused(bytes.ToArray());
        }

        AssertNothingWasMade();
    }

    [Fact]
    public void AnotherNameOfAMessageIsRefused()
    {
        var patched = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(Good).Replace("Tests.Handle", "Tests.Candle", StringComparison.Ordinal));
        Assert.Contains("not on the list", Refused(patched), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        for (var length = 0; length < Good.Length; length++)
        {
            Refused(Good[..length]);
        }

        Assert.Contains("behind the message", Refused([.. Good, 6, 1]), StringComparison.Ordinal);
    }

    [Fact]
    public void AFlippedBitIsRefusedOrGivesAnotherMessageOfTheList()
    {
        for (var at = 0; at < Good.Length * 8; at++)
        {
            var flipped = (byte[])Good.Clone();
            flipped[at / 8] ^= (byte)(1 << (at % 8));
            try
            {
                Assert.IsType<Handle>(Serializer.FromBinary(flipped, null!));
            }
            catch (WireException)
            {
            }
        }
    }

    [Fact]
    public void RandomBytesAreRefused()
    {
        var random = new Random(6);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            // Half of them begin like a message, so that what is behind its name is tried too.
            Refused(i % 2 == 0 ? [.. Good.AsSpan(0, 2 + typeof(Handle).FullName!.Length + random.Next(10)), .. bytes] : bytes);
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(0x7FFFFFC7)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void AHugeLengthIsRefused(int length)
    {
        foreach (byte kind in (byte[])[ObjectNamed, ObjectNamedWithMembers, ArrayNamed, Blob])
        {
            Refused([kind, .. BitConverter.GetBytes(length), .. "System.Object"u8]);
        }

        // In the place of the message's name, and of its number of members.
        Refused([Text, 255, .. BitConverter.GetBytes(length), .. "abc"u8]);
        var name = Good.AsSpan(0, 2 + typeof(Handle).FullName!.Length).ToArray();
        Refused([.. name, Number, .. BitConverter.GetBytes((long)length), .. Good.AsSpan(name.Length + 9)]);
        // Of an array.
        var everything = Encoding.UTF8.GetBytes(typeof(Everything).FullName!);
        Refused([Text, (byte)(everything.Length + 1), .. everything, Number, 1, 0, 0, 0, 0, 0, 0, 0, Text, 8, .. "Numbers"u8, Number, .. BitConverter.GetBytes((long)length)]);
    }

    [Fact]
    public void AHugeClaimCostsNothing()
    {
        byte[] claim = [Blob, .. BitConverter.GetBytes(int.MaxValue - 100)];
        Refused(claim);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused(claim);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void DeepNestingIsRefused()
    {
        // Objects of Hyperion's first known type, arrays of arrays, and null objects, as deep as the longest message allows.
        byte[][] levels =
        [
            [ObjectKnown, 0, 0], [ArrayNamed, .. LengthPrefixed("System.Object[],%core%"), .. BitConverter.GetBytes(1)], [SystemObject], [0],
        ];
        foreach (var level in levels)
        {
            var bytes = new byte[WireSerializer.MaxBytes / level.Length * level.Length];
            for (var at = 0; at < bytes.Length; at += level.Length)
            {
                level.CopyTo(bytes, at);
            }

            Refused(bytes);
            Refused([.. Good.AsSpan(0, Good.Length / 2), .. bytes.AsSpan(0, bytes.Length / 2)]);
        }
    }

    [Fact]
    public void WhatIsTooLongIsRefused() =>
        Assert.Contains("too long", Refused(new byte[WireSerializer.MaxBytes + 1]), StringComparison.Ordinal);

    // Hyperion's manifests.
    private const byte ObjectNamed = 255;
    private const byte ObjectNamedWithMembers = 251;
    private const byte ArrayNamed = 252;
    private const byte ObjectKnown = 254;
    private const byte SystemObject = 1;
    private const byte Blob = 9;
    private const byte Text = 7;
    private const byte Number = 2;

    private static string Refused(byte[] bytes) =>
        Assert.Throws<WireException>(() => Serializer.FromBinary(bytes, null!)).Message;

    private static byte[] LengthPrefixed(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. BitConverter.GetBytes(bytes.Length), .. bytes];
    }

    private static void AssertNothingWasMade()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.False(_made);
    }

    /// <summary>Its finalizer tells an instance that no constructor made, which is how Hyperion makes them, from those of the tests.</summary>
    private sealed class Canary
    {
        private readonly bool _constructed = true;

        ~Canary() => _made |= !_constructed;
    }
}

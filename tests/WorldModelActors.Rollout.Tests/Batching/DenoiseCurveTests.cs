using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Rollout.Tests;

public sealed class DenoiseCurveTests
{
    /// <summary>Seconds per step of devices: what a batch costs, and the size that has to come out for eight waiting rows.</summary>
    public static TheoryData<string, double[], int> Devices => new()
    {
        { "full with one row", [1, 2, 4, 8], 1 },
        { "full with two", [1, 1.1, 2.2, 4.4], 2 },
        { "gains a hair", [1, 1.99, 3.96, 7.9], 1 },
        { "gains all the way", [1, 1.2, 1.6, 2.4], 8 },
        { "worse with eight", [1, 1.5, 2.4, 6], 4 },
        { "worse with two", [1, 3, 5, 9], 1 },
    };

    [Theory]
    [MemberData(nameof(Devices))]
    public void TheSizeWithMostRowsPerSecondIsUsed(string device, double[] seconds, int expected)
    {
        var curve = new DenoiseCurve();
        var used = Run(curve, 400, _ => 8, size => seconds[(int)Math.Log2(size)]);
        Assert.True(used.TakeLast(300).Count(s => s == expected) >= 285, $"{device}: {string.Join(' ', used.TakeLast(300))}");
        Assert.InRange(used[0], 1, 1);
    }

    /// <summary>Larger sizes are tried only when half of them has paid.</summary>
    [Fact]
    public void SizesAreTriedFromSmallToLarge()
    {
        var up = Run(new DenoiseCurve(), 17, _ => 6, size => 1 + (0.1 * size));
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 6, 6, 6, 6, 6], up);
        var flat = Run(new DenoiseCurve(), 60, _ => 6, size => size);
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2], flat.Take(8));
        Assert.All(flat.Skip(8), size => Assert.Equal(1, size));
    }

    [Fact]
    public void OneSlowCallDoesNotMatter()
    {
        var curve = new DenoiseCurve();
        var calls = 0;
        // The first call of a size and every seventh take ten times as long.
        var used = Run(curve, 300, _ => 4, size => (++calls % 7 == 0 ? 10 : 1) * (1 + (0.1 * size)));
        Assert.True(used.TakeLast(200).Count(s => s == 4) >= 180);
    }

    [Fact]
    public void ADeviceThatChangesIsNoticed()
    {
        var curve = new DenoiseCurve();
        var shared = false;
        double Seconds(int size) => shared ? size : 1 + (0.05 * size);
        Assert.Equal(8, Run(curve, 100, _ => 8, Seconds)[^1]);
        shared = true;
        Assert.Equal(1, Run(curve, 2000, _ => 8, Seconds)[^1]);
        shared = false;
        Assert.Equal(8, Run(curve, 4000, _ => 8, Seconds)[^1]);
    }

    /// <summary>Whatever the curve: never more rows than there are, and after the first tries little time is lost against the best size.</summary>
    [Fact]
    public void LittleIsLostAgainstTheBestSize() => Prop.ForAll(
        (from fixedCost in Gen.Choose(0, 100)
         from perRow in Gen.Choose(1, 100)
         from knee in Gen.Choose(1, 16)
         from available in Gen.Choose(1, 16)
         select (fixedCost, perRow, knee, available)).ToArbitrary(),
        device =>
        {
            double Seconds(int size) => device.fixedCost + (device.perRow * Math.Max(size, device.knee));
            var sizes = Run(new DenoiseCurve(), 2000, _ => device.available, Seconds);
            Assert.All(sizes, size => Assert.InRange(size, 1, device.available));
            var late = sizes.Skip(100).ToList();
            var perRow = late.Sum(Seconds) / late.Sum();
            // Sizes in question: powers of two and everything.
            var best = Enumerable.Range(0, 5).Select(p => 1 << p).Where(s => s < device.available).Append(device.available).Min(s => Seconds(s) / s);
            Assert.True(perRow <= best * 1.03 * 1.05, $"{device}: {perRow} a row, the best is {best}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20261123, 4711));

    [Fact]
    public void WhatIsKnownCanBeRead()
    {
        var curve = new DenoiseCurve();
        foreach (var seconds in new[] { 9.0, 3, 1, 2 })
        {
            Assert.Null(curve.SecondsPerStep(2));
            curve.Record(2, seconds);
        }
        Assert.Equal(2, curve.SecondsPerStep(2));
    }

    private static List<int> Run(DenoiseCurve curve, int steps, Func<int, int> available, Func<int, double> seconds)
    {
        var used = new List<int>();
        for (var i = 0; i < steps; i++)
        {
            var size = curve.Choose(available(i));
            curve.Record(size, seconds(size));
            used.Add(size);
        }
        return used;
    }
}

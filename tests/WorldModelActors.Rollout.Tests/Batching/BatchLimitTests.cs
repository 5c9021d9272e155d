namespace WorldModelActors.Rollout.Tests;

public sealed class BatchLimitTests
{
    [Fact]
    public void WithoutABoundTheMaximumIsTriedAtOnce() => Assert.Equal(8, new BatchLimit(8).Current);

    [Fact]
    public void WithABoundItStartsAtOneAndDoublesOnFullBatchesOnly()
    {
        var limit = new BatchLimit(8, maxBytes: 1000);
        Assert.Equal(1, limit.Current);
        limit.Succeeded(1, 100);
        Assert.Equal(2, limit.Current);
        limit.Succeeded(1, 100);
        Assert.Equal(2, limit.Current);
        limit.Succeeded(2, 150);
        limit.Succeeded(4, 250);
        Assert.Equal(8, limit.Current);
    }

    /// <summary>Whatever a device's memory a + b n and the bound are: no call after the first is above the bound, and the limit does not end far below.</summary>
    [Theory]
    [InlineData(0, 100, 550, 5)]
    [InlineData(50, 100, 560, 5)]
    [InlineData(300, 10, 1000, 64)]
    [InlineData(0, 100, 100, 1)]
    [InlineData(0, 100, 50, 1)]
    public void ItConvergesToTheLargestThatThePredictionAllows(int constant, int each, int bound, int expected)
    {
        var limit = new BatchLimit(64, bound);
        for (var i = 0; i < 50; i++)
        {
            var peak = constant + (each * limit.Current);
            Assert.True(limit.Current == 1 || peak <= bound);
            limit.Succeeded(limit.Current, peak);
        }
        Assert.Equal(expected, limit.Current);
    }

    [Fact]
    public void APeakAboveTheBoundTakesItBack()
    {
        var limit = new BatchLimit(8, maxBytes: 1000);
        limit.Succeeded(1, 100);
        limit.Succeeded(2, 150);
        limit.Succeeded(4, 1200);
        Assert.InRange(limit.Current, 2, 3);
        limit.Succeeded(limit.Current, 400);
        Assert.InRange(limit.Current, 2, 3);
    }

    /// <summary>A device on which more than so many items run out of memory.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void OnADeviceWithAHardLimitNoItemThatFitsAloneFails(int fits)
    {
        var limit = new BatchLimit(8);
        int failures = 0, calls = 0;
        for (var left = 20_000; left > 0;)
        {
            var batch = Math.Min(left, limit.Current);
            calls++;
            if (batch > fits)
            {
                failures++;
                Assert.True(limit.OutOfMemory(batch));
                continue;
            }
            limit.Succeeded(batch);
            left -= batch;
        }
        Assert.Equal(failures, limit.OutOfMemoryCount);
        // Tried again ever more rarely.
        Assert.InRange(failures, fits == 8 ? 0 : 1, 30);
        Assert.True(failures * 100 < calls || fits == 8);
    }

    [Fact]
    public void ASingleItemThatDoesNotFitIsGivenUp()
    {
        var limit = new BatchLimit(8);
        Assert.False(limit.OutOfMemory(1));
        Assert.Equal(1, limit.Current);
    }

    [Fact]
    public void AfterOneFailureItRecoversAndForgets()
    {
        var limit = new BatchLimit(8);
        Assert.True(limit.OutOfMemory(8));
        Assert.Equal(4, limit.Current);
        Assert.Equal(32, CallsUntil(limit, 8));
        // Twice as careful after a second failure soon after.
        limit.OutOfMemory(8);
        Assert.Equal(64, CallsUntil(limit, 8));
        // All is well for as long as that: the next failure is a first one again.
        for (var i = 0; i < 64; i++)
            limit.Succeeded(8);
        limit.OutOfMemory(8);
        Assert.Equal(32, CallsUntil(limit, 8));
    }

    private static int CallsUntil(BatchLimit limit, int size)
    {
        var calls = 0;
        for (; limit.Current < size; calls++)
            limit.Succeeded(limit.Current);
        return calls;
    }
}

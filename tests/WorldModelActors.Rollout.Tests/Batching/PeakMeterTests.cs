namespace WorldModelActors.Rollout.Tests;

public sealed class PeakMeterTests
{
    [Fact]
    public void TheProcessorSaysNothing()
    {
        var meter = new PeakMeter(CPU);
        Assert.Null(meter.End(meter.Begin()));
    }

    [Fact]
    public void ACallByItselfIsMeasuredAndOverlappingOnesAreNot()
    {
        long allocated = 100, peak = 900;
        var meter = new PeakMeter(() => (allocated, peak), () => peak = allocated);
        var first = meter.Begin();
        peak = 350;
        Assert.Equal(250, meter.End(first));
        var outer = meter.Begin();
        var inner = meter.Begin();
        peak = 1000;
        Assert.Null(meter.End(inner));
        Assert.Null(meter.End(outer));
        var last = meter.Begin();
        Assert.Equal(0, meter.End(last));
    }
}

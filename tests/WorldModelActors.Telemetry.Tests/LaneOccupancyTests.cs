using FsCheck;
using FsCheck.Fluent;
using WorldModelActors.Rollout;

namespace WorldModelActors.Telemetry.Tests;

public sealed class LaneOccupancyTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void Shares_are_of_the_last_seconds()
    {
        var lanes = new LaneOccupancy(_clock, TimeSpan.FromMicroseconds(100));
        lanes.LaneWorked(Spans.Of(Lane.UNet, 0, 50));
        lanes.LaneWorked(Spans.Of(Lane.Decode, 90, 100));
        lanes.LaneWorked(Spans.Of(Lane.UNet, 100, 190));
        lanes.LaneWorked(Spans.Of(Lane.Write, 180, 200));
        _clock.Now = 200;

        Assert.Equal(
            [new LaneShare("cpu", Lane.UNet, 0.9), new LaneShare("cpu", Lane.Decode, 0), new LaneShare("host", Lane.Write, 0.2)],
            lanes.Shares());
        Assert.Equal(140, lanes.BusyTimes()[("cpu", Lane.UNet)].TotalMicroseconds);
    }

    [Fact]
    public void Before_the_window_is_full_the_share_is_of_the_time_so_far()
    {
        var lanes = new LaneOccupancy(_clock, TimeSpan.FromSeconds(1));
        _clock.Now = 1_000_000;
        lanes.LaneWorked(Spans.Of(Lane.UNet, 1_000_000, 1_000_030));
        _clock.Now = 1_000_040;

        Assert.Equal(0.75, Assert.Single(lanes.Shares()).Share);
    }

    [Fact]
    public void Busy_time_is_the_length_of_the_union() =>
        Prop.ForAll(
            Gen.Two(Gen.Choose(0, 60)).Select(t => (Start: t.Item1, End: t.Item1 + (t.Item2 / 4))).ListOf().Select(l => l.OrderBy(s => s.End).ToList()).ToArbitrary(),
            spans =>
            {
                var clock = new TestClock();
                var lanes = new LaneOccupancy(clock, TimeSpan.FromMicroseconds(1000));
                spans.ForEach(s => lanes.LaneWorked(Spans.Of(Lane.Condition, s.Start, s.End)));
                var covered = Enumerable.Range(0, 200).Count(t => spans.Any(s => s.Start <= t && t < s.End));
                Assert.Equal(covered, lanes.BusyTimes().Values.Sum(t => t.TotalMicroseconds));
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
}

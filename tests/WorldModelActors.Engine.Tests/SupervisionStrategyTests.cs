using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Engine.Tests;

public sealed class SupervisionStrategyTests
{
    [Fact]
    public void Back_off_never_falls_and_never_passes_its_limit()
    {
        var cases = from min in Gen.Choose(0, 10_000)
                    from extra in Gen.Choose(0, 1_000_000)
                    from failure in Gen.Choose(1, 1000)
                    select (Min: TimeSpan.FromMilliseconds(min), Max: TimeSpan.FromMilliseconds(min + extra), Failure: failure);
        Prop.ForAll(cases.ToArbitrary(), it =>
        {
            var strategy = SupervisionStrategy.Restart(it.Min, it.Max, 1, Timeout.InfiniteTimeSpan);
            var backoff = strategy.BackoffFor(it.Failure);
            Assert.InRange(backoff, it.Min, it.Max);
            Assert.True(strategy.BackoffFor(it.Failure + 1) >= backoff);
            Assert.Equal(it.Min, strategy.BackoffFor(1));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }

    [Fact]
    public void The_longest_times_do_not_overflow()
    {
        var strategy = SupervisionStrategy.Restart(TimeSpan.MaxValue / 3, TimeSpan.MaxValue, 1, Timeout.InfiniteTimeSpan);
        Assert.Equal(TimeSpan.MaxValue, strategy.BackoffFor(int.MaxValue));
    }

    [Fact]
    public void Absurd_strategies_are_refused()
    {
        var second = TimeSpan.FromSeconds(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => SupervisionStrategy.Restart(-second, second, 1, second));
        Assert.Throws<ArgumentOutOfRangeException>(() => SupervisionStrategy.Restart(second, TimeSpan.Zero, 1, second));
        Assert.Throws<ArgumentOutOfRangeException>(() => SupervisionStrategy.Restart(second, second, -1, second));
        Assert.Throws<ArgumentOutOfRangeException>(() => SupervisionStrategy.Restart(second, second, 1, TimeSpan.Zero));
        Assert.Throws<ArgumentException>(() => SupervisionStrategy.Restart(second, second, 1, second, SupervisionDecision.Restart));
    }

    [Fact]
    public void A_mailbox_holds_at_least_one_message()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MailboxOptions<int>.Bounded(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MailboxLanes<int>(0, _ => 0));
    }
}

using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Episodes.Tests;

public sealed class ClaimPlannerTests
{
    private static Gen<(ClaimQueue[] Queues, int Capacity, int Free)> Cases =>
        from queue in (from sweep in Gen.Choose(1, 3) from priority in Gen.Choose(0, 1) from bytes in Gen.Choose(0, 5) select (sweep, priority, bytes)).ArrayOf(6)
        from capacity in Gen.Choose(1, 12)
        from free in Gen.Choose(0, 20)
        select (Queues(queue), capacity, free);

    [Fact]
    public void It_never_takes_more_than_fits() => Law.Holds(Cases, c =>
    {
        var shares = ClaimPlanner.Allocate(c.Queues, new Dictionary<long, int>(), c.Capacity, c.Free);
        Assert.InRange(shares.Sum(share => share.Count), 0, c.Capacity);
        Assert.InRange(shares.Sum(share => share.Count * share.Queue.Bytes), 0, c.Free);
    });

    [Fact]
    public void It_stops_only_when_it_is_full_or_nothing_fits() => Law.Holds(Cases, c =>
    {
        var shares = ClaimPlanner.Allocate(c.Queues, new Dictionary<long, int>(), c.Capacity, c.Free);
        var left = c.Free - shares.Sum(share => share.Count * share.Queue.Bytes);
        Assert.True(shares.Sum(share => share.Count) == c.Capacity || c.Queues.All(queue => queue.Bytes > left));
    });

    [Fact]
    public void Sweeps_of_one_priority_differ_by_one_at_most() => Law.Holds(Cases, c =>
    {
        var queues = c.Queues.Select(queue => queue with { Priority = 0, Bytes = 0 }).ToArray();
        var counts = ClaimPlanner.Allocate(queues, new Dictionary<long, int>(), c.Capacity, 0).GroupBy(share => share.Queue.Sweep).Select(group => group.Sum(share => share.Count)).ToList();
        if (counts.Count > 0)
        {
            Assert.InRange(counts.Max() - (c.Capacity < queues.Select(queue => queue.Sweep).Distinct().Count() ? 0 : counts.Min()), 0, 1);
        }
    });

    [Fact]
    public void A_sweep_that_has_much_waits_until_the_others_have_caught_up()
    {
        var (one, two) = (new ClaimQueue(1, 1, 0, 0), new ClaimQueue(2, 2, 0, 0));
        var shares = ClaimPlanner.Allocate([one, two], new Dictionary<long, int> { [1] = 3 }, 5, 0).ToDictionary(share => share.Queue, share => share.Count);
        Assert.Equal((1, 4), (shares[one], shares[two]));
    }

    private static ClaimQueue[] Queues((int Sweep, int Priority, int Bytes)[] kinds) =>
        [.. kinds.Distinct().Select((kind, i) => new ClaimQueue(i, kind.Sweep, kind.Priority, kind.Bytes))];
}

using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Rollout.Tests;

public sealed class DenoiseSchedulerTests
{
    private sealed record Item(string Name, string Group, int Rows);

    /// <summary>
    /// Random arrivals, departures, groups, guided samples, row limits and batch sizes: the head of the line is always served, so nobody waits
    /// for more steps than there were others in flight when it began to wait.
    /// </summary>
    [Fact]
    public void NobodyWaitsForMoreStepsThanThereAreOthers() => Holds(
        from operations in Gen.ListOf(
            from kind in Gen.Choose(0, 9)
            from number in Gen.Choose(0, 1000)
            select (kind, number), 200)
        select operations,
        operations =>
        {
            var chosen = 1;
            var scheduler = new DenoiseScheduler<Item>(() => new Sizes(available => Math.Clamp(chosen, 1, available)));
            var waits = new Dictionary<Item, (int Steps, int Bound)>(ReferenceEqualityComparer.Instance);
            var n = 0;
            foreach (var (kind, number) in operations)
            {
                if (kind <= 2)
                {
                    var item = new Item($"{n++}", $"group {number % 3}", 1 + (number % 2));
                    scheduler.Add(item, item.Group, item.Rows);
                    waits.Add(item, (0, waits.Count));
                }
                else if (kind == 3 && waits.Count > 0)
                {
                    var leaving = waits.Keys.ElementAt(number % waits.Count);
                    Assert.True(scheduler.Remove(leaving));
                    Assert.False(scheduler.Remove(leaving));
                    waits.Remove(leaving);
                }
                else
                {
                    chosen = 1 + (number % 5);
                    var maxRows = 1 + (number % 7);
                    var batch = scheduler.Next(maxRows);
                    Assert.Equal(waits.Count == 0, batch.Count == 0);
                    // Nothing has changed until the step is done.
                    Assert.Equal(batch, scheduler.Next(maxRows));
                    scheduler.Stepped(batch);
                    Assert.True(batch.Count <= 1 || batch.Sum(i => i.Rows) <= Math.Min(maxRows, chosen));
                    Assert.Equal(batch.Count, batch.Distinct().Count());
                    Assert.True(batch.Count == 0 || batch.All(i => i.Group == batch[0].Group));
                    foreach (var (item, (steps, bound)) in waits.ToList())
                    {
                        waits[item] = batch.Contains(item) ? (0, waits.Count - 1) : (steps + 1, bound);
                        Assert.True(waits[item].Steps <= bound, $"{item} waited for {steps + 1} steps with {bound} others");
                    }
                }
                Assert.Equal((waits.Count, waits.Keys.Sum(i => i.Rows)), (scheduler.Count, scheduler.Rows));
            }
        });

    /// <summary>A step that fails is not counted: the same samples are at the head of the line again.</summary>
    [Fact]
    public void SamplesThatMadeNoStepKeepTheirPlace()
    {
        var (scheduler, items) = Of(3);
        Assert.Equal([items[0], items[1]], scheduler.Next(2));
        Assert.Equal([items[0]], scheduler.Next(1));
        scheduler.Stepped([items[0]]);
        Assert.Equal([items[1], items[2]], scheduler.Next(2));
    }

    [Fact]
    public void SamplesTakeTurnsWhereOneRowPays()
    {
        var (scheduler, items) = Of(3, available => 1);
        var order = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var batch = scheduler.Next(8);
            order.Add(Assert.Single(batch).Name);
            scheduler.Stepped(batch);
        }
        Assert.Equal(["0", "1", "2", "0", "1", "2", "0"], order);
        Assert.Equal(3, items.Length);
    }

    /// <summary>The same samples make the same batch, in order of arrival, so that what is joined for them can be kept.</summary>
    [Fact]
    public void BatchesOfPairsComeBackInAsManyCompositionsAsThereArePairs()
    {
        var (scheduler, _) = Of(3, available => Math.Min(2, available));
        var compositions = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            var batch = scheduler.Next(8);
            compositions.Add(string.Join(' ', batch.Select(b => b.Name)));
            scheduler.Stepped(batch);
        }
        Assert.Equal(["0 1", "0 2", "1 2", "0 1"], compositions.Take(4));
        Assert.Equal(["0 1", "0 2", "1 2"], compositions.Distinct().Order());
    }

    [Fact]
    public void GuidedSampleTakesTwoRowsAndGoesAloneWhereOnlyOneIsAllowed()
    {
        var scheduler = new DenoiseScheduler<Item>(() => new Sizes(available => available));
        Item guided = new("guided", "a", 2), first = new("first", "a", 1), second = new("second", "a", 1);
        foreach (var item in new[] { guided, first, second })
            scheduler.Add(item, item.Group, item.Rows);
        Assert.Equal([guided], scheduler.Next(1));
        Assert.Equal([guided, first], scheduler.Next(3));
        Assert.Equal([guided, first, second], scheduler.Next(8));
        scheduler.Stepped([first]);
        scheduler.Stepped([guided]);
        // The guided one does not fit behind the second: the first fills the gap.
        Assert.Equal([first, second], scheduler.Next(2));
    }

    /// <summary>In the long run all make the same number of steps, whatever the batch size.</summary>
    [Fact]
    public void EveryoneMakesEquallyManySteps() => Holds(
        from count in Gen.Choose(1, 9) from size in Gen.Choose(1, 9) select (count, size),
        load =>
        {
            var (scheduler, items) = Of(load.count, available => Math.Min(load.size, available));
            var steps = items.ToDictionary(i => i, _ => 0);
            for (var i = 0; i < 50; i++)
            {
                var batch = scheduler.Next(16);
                scheduler.Stepped(batch);
                foreach (var item in batch)
                    steps[item]++;
            }
            Assert.InRange(steps.Values.Max() - steps.Values.Min(), 0, 1);
        });

    /// <summary>Two groups under constant load: neither is starved, and a crowd does not keep a single sample out.</summary>
    [Fact]
    public void GroupsTakeTurnsUnderConstantLoad()
    {
        var scheduler = new DenoiseScheduler<Item>(() => new Sizes(available => Math.Min(4, available)));
        for (var i = 0; i < 9; i++)
            scheduler.Add(new Item($"crowd {i}", "crowd", 1), "crowd", 1);
        var single = new Item("single", "single", 1);
        scheduler.Add(single, "single", 1);
        int waited = 0, worst = 0;
        for (var step = 0; step < 200; step++)
        {
            var batch = scheduler.Next(8);
            scheduler.Stepped(batch);
            waited = batch.Contains(single) ? 0 : waited + 1;
            worst = Math.Max(worst, waited);
            // Someone of the crowd leaves and another one comes, every time.
            if (scheduler.Samples.FirstOrDefault(s => s.Group == "crowd") is { } leaving)
                scheduler.Remove(leaving);
            scheduler.Add(new Item($"newcomer {step}", "crowd", 1), "crowd", 1);
        }
        // Nine in batches of four.
        Assert.InRange(worst, 1, 3);
    }

    [Fact]
    public void EveryGroupHasASizeOfItsOwn()
    {
        var made = 0;
        var scheduler = new DenoiseScheduler<Item>(() => new Sizes(available => available) { Number = made++ });
        var (a, b) = (new Item("a", "a", 1), new Item("b", "b", 1));
        scheduler.Add(a, "a", 1);
        scheduler.Add(b, "b", 1);
        scheduler.Remove(a);
        scheduler.Add(a, "a", 1);
        Assert.Equal(2, made);
        Assert.Throws<ArgumentException>(() => scheduler.Add(a, "a", 1));
        scheduler.Measured("unknown", 1, 1);
    }

    private static (DenoiseScheduler<Item> Scheduler, Item[] Items) Of(int count, Func<int, int>? choose = null)
    {
        var scheduler = new DenoiseScheduler<Item>(() => new Sizes(choose ?? (available => available)));
        var items = Enumerable.Range(0, count).Select(i => new Item($"{i}", "a", 1)).ToArray();
        foreach (var item in items)
            scheduler.Add(item, item.Group, item.Rows);
        return (scheduler, items);
    }

    private static void Holds<T>(Gen<T> generator, Action<T> law) =>
        Prop.ForAll(generator.ToArbitrary(), value => law(value)).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(20261123, 4711));

    private sealed class Sizes(Func<int, int> choose) : IDenoiseBatchSize
    {
        public int Number { get; init; }

        public int Choose(int available) => choose(available);

        public void Record(int rows, double seconds)
        {
        }
    }
}

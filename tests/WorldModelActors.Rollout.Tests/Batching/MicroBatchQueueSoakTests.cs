namespace WorldModelActors.Rollout.Tests;

/// <summary>A million random operations on queues of random rules, each compared with the reference.</summary>
public sealed class MicroBatchQueueSoakTests
{
    private static readonly string[] Keys = ["a", "b", "c"];
    private static readonly string?[] Producers = [null, "p", "q", "r"];

    [Fact]
    public void AMillionRandomOperationsAgreeWithTheReference()
    {
        const int Queues = 200, Operations = 5_000;
        var random = new Random(7);
        var reasons = new HashSet<BatchReason>();
        for (var i = 0; i < Queues; i++)
            Soak(random, Operations, reasons);
        Assert.Equal(Enum.GetValues<BatchReason>().Length, reasons.Count);
    }

    private static void Soak(Random random, int operations, HashSet<BatchReason> reasons)
    {
        var rules = new MicroBatchRules
        {
            MaxBatch = random.Next(1, 9),
            MaxDelay = TimeSpan.FromTicks(random.Next(3) * 20),
            PreferredSizes = random.Next(3) == 0 ? [2, 4] : [],
            Priorities = random.Next(1, 3),
            MaxConsecutive = random.Next(1, 4),
            Capacity = random.Next(5, 30),
        };
        var limits = Keys.ToDictionary(k => k, _ => rules.MaxBatch);
        var queue = new MicroBatchQueue<string, int>(rules, k => limits[k]);
        var reference = new ReferenceQueue(rules, k => limits[k]);
        var now = TimeSpan.Zero;
        var answered = new HashSet<int>();
        var accepted = 0;
        MicroBatch<string, int>? running = null;
        List<ReferenceQueue.Item> runningReference = [];
        for (var id = 0; id < operations; id++)
        {
            switch (random.Next(100))
            {
                case < 45:
                    var (key, priority, producer) = (Keys[random.Next(3)], random.Next(rules.Priorities), Producers[random.Next(4)]);
                    var taken = queue.TryAdd(id, key, now, priority, producer);
                    Assert.Equal(reference.TryAdd(id, key, now, priority, producer), taken);
                    accepted += taken ? 1 : 0;
                    break;
                case < 80 when running is null:
                    var producers = random.Next(4);
                    running = queue.TryTake(now, producers);
                    var expected = reference.TryTake(now, producers);
                    Assert.Equal(expected?.Items.Select(e => e.Id), running?.Items);
                    Assert.Equal(expected?.Reason, running?.Reason);
                    if (running is not null)
                        reasons.Add(running.Reason);
                    runningReference = expected?.Items ?? [];
                    break;
                case < 80:
                    queue.Completed();
                    Assert.All(running!.Items, item => Assert.True(answered.Add(item)));
                    running = null;
                    break;
                case < 84 when running is not null:
                    Func<int, string>? regroup = random.Next(2) == 0 ? null : item => Keys[item % 3];
                    queue.PutBack(running, regroup);
                    reference.PutBack(runningReference, regroup);
                    queue.Completed();
                    running = null;
                    break;
                case < 85:
                    queue.Flush();
                    reference.Flush();
                    break;
                case < 86:
                    var modulus = random.Next(2, 5);
                    var removed = queue.RemoveAll(item => item % modulus == 0);
                    Assert.Equal(reference.RemoveAll(item => item % modulus == 0), removed);
                    accepted -= removed;
                    break;
                case < 88:
                    limits[Keys[random.Next(3)]] = random.Next(1, rules.MaxBatch + 1);
                    break;
                default:
                    now += TimeSpan.FromTicks(random.Next(12));
                    break;
            }
            Assert.Equal(reference.Count, queue.Count);
            Assert.Equal(reference.Due, queue.Due);
        }
        // Nothing is lost and nothing is twice.
        Assert.Equal(accepted, answered.Count + queue.Count + (running?.Items.Count ?? 0));
        Assert.True(queue.HighWater <= rules.Capacity + rules.MaxBatch);
    }
}

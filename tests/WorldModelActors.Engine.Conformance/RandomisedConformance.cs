using System.Collections.Concurrent;

namespace WorldModelActors.Engine.Conformance;

/// <summary>
/// Many actors, random failures, stops and senders: every message ends exactly once, as handled, as a reported failure or as a dead
/// letter. Which messages fail follows from the seed alone; the interleaving is the machine's.
/// </summary>
public abstract class RandomisedConformance : EngineConformance
{
    private const int Supervisors = 6;
    private const int WorkersEach = 8;
    private const int Senders = 4;
    private const int MessagesEach = 2500;

    private readonly ConcurrentDictionary<long, int> _ends = new();
    private readonly ConcurrentBag<IActorRef<Job>> _workers = [];
    private readonly ConcurrentBag<Task> _waiting = [];
    private long _followUps;
    private int _handled;
    private int _failed;

    protected sealed record Job(long Id, int Hops);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_message_ends_exactly_once(int seed)
    {
        var deadLetters = new DeadJobs(this);
        using var subscription = System.Subscribe(deadLetters);
        var ready = new Received<int>();
        for (var i = 0; i < Supervisors; i++)
        {
            System.Spawn(SupervisorProps(seed, i, ready), $"supervisor-{i}");
        }

        await ready.NextAsync(Supervisors * WorkersEach);
        IActorRef<Job>[] workers = [.. _workers];
        var doomed = new Random(seed).GetItems(workers, 8);

        var senders = Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed, sender));
            for (var i = 0; i < MessagesEach; i++)
            {
                var id = ((long)sender * MessagesEach) + i;
                await workers[random.Next(workers.Length)].TellAsync(new Job(id, random.Next(3)));
                if (sender == 0 && i % (MessagesEach / doomed.Length) == 100)
                {
                    _ = System.StopAsync(
                        doomed[i / (MessagesEach / doomed.Length)], i % 2 == 0 ? StopMode.Drain : StopMode.AfterCurrentMessage);
                }
            }
        }));
        await Task.WhenAll(senders).Within();
        await System.StopAsync(seed % 2 == 0 ? StopMode.Drain : StopMode.AfterCurrentMessage).Within();
        await Task.WhenAll(_waiting).Within();

        var sent = (Senders * MessagesEach) + Interlocked.Read(ref _followUps);
        Assert.Equal(sent, _ends.Count);
        Assert.All(_ends, end => Assert.Equal(1, end.Value));
        Assert.Equal(sent, _handled + _failed + deadLetters.Count);
        Assert.True(_handled > 0 && _failed > 0 && deadLetters.Count > 0);
        Assert.Equal(0, System.LiveActors);
    }

    private ActorProps<string> SupervisorProps(int seed, int index, Received<int> ready) => ActorProps.Create(() => new ScriptedActor<string>
    {
        OnPreStart = context =>
        {
            for (var i = 0; i < WorkersEach; i++)
            {
                _workers.Add(context.Spawn(WorkerProps(seed, (index * WorkersEach) + i), $"worker-{i}"));
                ready.Add(i);
            }

            return ValueTask.CompletedTask;
        },
        OnReceive = (_, _) => ValueTask.CompletedTask,
    });

    private ActorProps<Job> WorkerProps(int seed, int worker) => ActorProps.FromHandler<Job>(async (job, context) =>
    {
        var chance = new Random(HashCode.Combine(seed, job.Id));
        if (chance.Next(4) == 0)
        {
            await Task.Yield();
        }

        if (chance.Next(10) == 0)
        {
            throw new ScriptedFailure($"job {job.Id}");
        }

        if (job.Hops > 0)
        {
            var id = (Senders * MessagesEach) + Interlocked.Increment(ref _followUps) - 1;
            var targets = _workers.ToArray();
            var target = targets[chance.Next(targets.Length)];
            var next = new Job(id, job.Hops - 1);
            try
            {
                // Workers that all wait for space in each other's mailboxes would wait for ever.
                target.Tell(next);
            }
            catch (MailboxFullException)
            {
                _waiting.Add(target.TellAsync(next).AsTask());
            }
        }

        Count(ref _handled, job);
    }) with
    {
        Supervision = RestartAtOnce,
        OnFailure = failure => Count(ref _failed, failure.Message!),
        Thread = worker % 8 == 0 ? ActorThread.Dedicated : ActorThread.Pool,
        Mailbox = (worker % 3) switch
        {
            0 => MailboxOptions<Job>.Unbounded,
            1 => MailboxOptions<Job>.Bounded(1 + (worker % 5)),
            _ => new MailboxOptions<Job> { Capacity = 16, Lanes = MailboxLanes<Job>.Urgent(job => job.Id % 2 == 0) },
        },
    };

    private void Count(ref int counter, Job job)
    {
        Interlocked.Increment(ref counter);
        _ends.AddOrUpdate(job.Id, 1, static (_, times) => times + 1);
    }

    private sealed class DeadJobs(RandomisedConformance test) : IEngineEvents
    {
        private int _count;

        public int Count => _count;

        public void DeadLetter(DeadLetter letter)
        {
            if (letter.Message is Job job)
            {
                test.Count(ref _count, job);
            }
        }
    }
}

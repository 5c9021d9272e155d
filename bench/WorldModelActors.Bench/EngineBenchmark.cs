using System.Diagnostics;
using WorldModelActors.Engine;

namespace WorldModelActors.Bench;

/// <summary>Messages per second of the engines of this build: what an engine itself costs, beside no work at all.</summary>
public sealed class EngineBenchmark
{
    /// <summary>Messages of each measurement.</summary>
    public int Messages { get; init; } = 200_000;

    /// <summary>Times that everything is measured, engines in turn; medians count.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Measures each engine.</summary>
    public async Task<EngineReport> RunAsync(IReadOnlyList<IActorEngine> engines)
    {
        ArgumentNullException.ThrowIfNull(engines);
        (string Name, Func<ActorSystem, int, Task> Run)[] cases =
        [
            ("tell, one sender", TellAsync),
            ("tell, 4 senders", ManyTellAsync),
            ("tell and wait for space, 64 places", BoundedAsync),
            ("tell, dedicated thread", DedicatedAsync),
            ("handler that waits", YieldAsync),
            ("ping-pong of two actors", PingPongAsync),
            ("ask, one after the other", AskAsync),
        ];
        var seconds = cases.ToDictionary(c => c.Name, _ => engines.ToDictionary(engine => engine.Name, _ => new List<double>()));
        for (var round = -1; round < Rounds; round++)
        {
            foreach (var (name, run) in cases)
            {
                foreach (var engine in engines)
                {
                    var system = engine.Start(new ActorSystemOptions { Name = "bench" });
                    await using (system.ConfigureAwait(false))
                    {
                        var count = round < 0 ? Messages / 20 : Messages;
                        var clock = Stopwatch.StartNew();
                        await run(system, count).ConfigureAwait(false);
                        if (round >= 0)
                        {
                            seconds[name][engine.Name].Add(clock.Elapsed.TotalSeconds);
                        }
                    }
                }
            }
        }

        return new EngineReport(
            Machine.Describe(CPU),
            DateTime.UtcNow,
            Messages,
            [.. cases.Select(c => new EngineRow(c.Name, engines.ToDictionary(engine => engine.Name, engine => Messages / Median(seconds[c.Name][engine.Name]))))]);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static async Task TellAsync(ActorSystem system, int count)
    {
        var (target, done) = Counter(system, count);
        for (var i = 0; i < count; i++)
        {
            target.Tell(i);
        }

        await done.ConfigureAwait(false);
    }

    private static async Task ManyTellAsync(ActorSystem system, int count)
    {
        var (target, done) = Counter(system, count);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < count / 4; i++)
            {
                target.Tell(i);
            }
        }))).ConfigureAwait(false);
        await done.ConfigureAwait(false);
    }

    private static async Task BoundedAsync(ActorSystem system, int count)
    {
        var (target, done) = Counter(system, count, MailboxOptions<int>.Bounded(64));
        for (var i = 0; i < count; i++)
        {
            await target.TellAsync(i).ConfigureAwait(false);
        }

        await done.ConfigureAwait(false);
    }

    private static async Task DedicatedAsync(ActorSystem system, int count)
    {
        var (target, done) = Counter(system, count, thread: ActorThread.Dedicated);
        for (var i = 0; i < count; i++)
        {
            target.Tell(i);
        }

        await done.ConfigureAwait(false);
    }

    private static async Task YieldAsync(ActorSystem system, int count)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = count;
        var target = system.Spawn(ActorProps.FromHandler<int>(async (_, _) =>
        {
            await Task.Yield();
            if (--left == 0)
            {
                done.SetResult();
            }
        }));
        for (var i = 0; i < count; i++)
        {
            target.Tell(i);
        }

        await done.Task.ConfigureAwait(false);
    }

    private static async Task PingPongAsync(ActorSystem system, int count)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef<int> ping = null!, pong = null!;
        pong = system.Spawn(ActorProps.FromHandler<int>((left, _) => Pass(ping, left)));
        ping = system.Spawn(ActorProps.FromHandler<int>((left, _) => Pass(pong, left)));
        ping.Tell(count);
        await done.Task.ConfigureAwait(false);

        ValueTask Pass(IActorRef<int> to, int left)
        {
            if (left == 0)
            {
                done.SetResult();
            }
            else
            {
                to.Tell(left - 1);
            }

            return ValueTask.CompletedTask;
        }
    }

    private static async Task AskAsync(ActorSystem system, int count)
    {
        var target = system.Spawn(ActorProps.FromHandler<IActorRef<int>>((reply, _) =>
        {
            reply.Tell(1);
            return ValueTask.CompletedTask;
        }));
        for (var i = 0; i < count; i++)
        {
            await target.Ask<int>(reply => reply, TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        }
    }

    private static (IActorRef<int> Target, Task Done) Counter(
        ActorSystem system, int count, MailboxOptions<int>? mailbox = null, ActorThread thread = ActorThread.Pool)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = count;
        var target = system.Spawn(ActorProps.FromHandler<int>((_, _) =>
        {
            if (--left == 0)
            {
                done.SetResult();
            }

            return ValueTask.CompletedTask;
        }) with
        { Mailbox = mailbox ?? MailboxOptions<int>.Unbounded, Thread = thread });
        return (target, done.Task);
    }
}

namespace WorldModelActors.Engine.Conformance;

/// <summary>Actors with a thread of their own.</summary>
public abstract class ThreadConformance : EngineConformance
{
    [Fact]
    public async Task Everything_runs_on_the_one_thread_over_restarts()
    {
        var threads = new Received<(string Where, Thread Thread, bool FromPool)>();
        var actor = System.Spawn(ActorProps.Create(() =>
        {
            Note("factory");
            return new ScriptedActor<string>
            {
                OnPreStart = async _ =>
                {
                    Note("start");
                    await Task.Yield();
                    Note("start, continued");
                },
                OnReceive = async (message, _) =>
                {
                    Note(message);
                    await Task.Run(() => { });
                    Note(message + ", continued");
                    await Task.Delay(TimeSpan.FromTicks(1));
                    Note(message + ", continued again");
                    if (message == "fail")
                    {
                        throw new ScriptedFailure("boom");
                    }
                },
                OnPreRestart = async (_, _) =>
                {
                    await Task.Yield();
                    Note("restart");
                },
                OnPostStop = async _ =>
                {
                    await Task.Yield();
                    Note("stop");
                },
            };
        }) with
        { Thread = ActorThread.Dedicated, Supervision = RestartAtOnce, OnFailure = _ => Note("failure hook") });
        actor.Tell("a");
        actor.Tell("fail");
        actor.Tell("b");
        await System.StopAsync(actor, StopMode.Drain).Within();
        var notes = threads.TakeAll();
        Assert.Equal(18, notes.Length);
        Assert.Single(notes.Select(note => note.Thread).Distinct());
        Assert.All(notes, note => Assert.False(note.FromPool));

        void Note(string where) => threads.Add((where, Thread.CurrentThread, Thread.CurrentThread.IsThreadPoolThread));
    }

    [Fact]
    public async Task Threads_are_not_shared_and_end_with_their_actors()
    {
        var threads = new Received<Thread>();
        for (var i = 0; i < 4; i++)
        {
            System.Spawn(ActorProps.Create(() => new ScriptedActor<int>
            {
                OnPreStart = _ =>
                {
                    threads.Add(Thread.CurrentThread);
                    return ValueTask.CompletedTask;
                },
                OnReceive = (_, _) => ValueTask.CompletedTask,
            }) with
            { Thread = ActorThread.Dedicated });
        }

        var own = await threads.NextAsync(4);
        Assert.Equal(4, own.Distinct().Count());
        await System.StopAsync().Within();
        Assert.All(own, thread => Assert.True(thread.Join(Patience.Limit)));
    }

    [Fact]
    public async Task An_ask_in_a_handler_comes_back_to_the_thread()
    {
        var other = System.Spawn(ActorProps.FromHandler<IActorRef<int>>((reply, _) =>
        {
            reply.Tell(1);
            return ValueTask.CompletedTask;
        }));
        var same = new Received<bool>();
        var actor = System.Spawn(ActorProps.FromHandler<int>(async (_, _) =>
        {
            var before = Thread.CurrentThread;
            await other.Ask<int>(reply => reply, Seconds(1));
            same.Add(before == Thread.CurrentThread);
        }) with
        { Thread = ActorThread.Dedicated });
        for (var i = 0; i < 20; i++)
        {
            actor.Tell(i);
        }

        Assert.All(await same.NextAsync(20), Assert.True);
    }

    [Fact]
    public async Task A_blocked_thread_holds_up_nobody_else()
    {
        using var release = new ManualResetEventSlim();
        var actors = Enumerable.Range(0, 8).Select(_ => System.Spawn(ActorProps.FromHandler<int>((_, _) =>
        {
            release.Wait();
            return ValueTask.CompletedTask;
        }) with
        { Thread = ActorThread.Dedicated })).ToArray();
        foreach (var actor in actors)
        {
            actor.Tell(0);
        }

        var (probe, received) = SpawnProbe<int>();
        probe.Tell(1);
        Assert.Equal(1, await received.NextAsync());
        release.Set();
    }

    [Fact]
    public async Task Work_that_outlives_its_actor_still_finishes()
    {
        var gate = new TaskCompletionSource();
        var finished = new Received<int>();
        var actor = System.Spawn(ActorProps.FromHandler<int>((_, _) =>
        {
            _ = LingerAsync();
            return ValueTask.CompletedTask;
        }) with
        { Thread = ActorThread.Dedicated });
        actor.Tell(0);
        await System.StopAsync(actor, StopMode.Drain).Within();
        gate.SetResult();
        await finished.NextAsync();

        async Task LingerAsync()
        {
            await gate.Task;
            finished.Add(0);
        }
    }
}

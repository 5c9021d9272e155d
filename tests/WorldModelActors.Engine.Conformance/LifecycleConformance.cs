namespace WorldModelActors.Engine.Conformance;

/// <summary>Spawn, stop, drain and watch.</summary>
public abstract class LifecycleConformance : EngineConformance
{
    [Fact]
    public async Task Hooks_run_in_order_and_once()
    {
        var log = new Received<string>();
        var actor = System.Spawn(ActorProps.Create(() => new ScriptedActor<string>
        {
            OnPreStart = _ => Log("start"),
            OnReceive = (message, _) => Log(message),
            OnPostStop = _ => Log("stop"),
        }));
        actor.Tell("a");
        actor.Tell("b");
        await System.StopAsync(actor, StopMode.Drain).Within();
        Assert.Equal(["start", "a", "b", "stop"], log.TakeAll());

        ValueTask Log(string what)
        {
            log.Add(what);
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task Paths_follow_the_tree()
    {
        var paths = new Received<string>();
        System.Spawn(
            ActorProps.Create(() => new ScriptedActor<string>
            {
                OnPreStart = context =>
                {
                    var device = context.Spawn(Idle(), "device");
                    paths.Add(context.Self.Path.ToString());
                    paths.Add(device.Path.ToString());
                    Assert.Equal([device], context.Children);
                    return ValueTask.CompletedTask;
                },
                OnReceive = (_, _) => ValueTask.CompletedTask,
            }),
            "node");
        Assert.Equal(["/node", "/node/device"], await paths.NextAsync(2));
    }

    [Fact]
    public void A_name_is_taken_while_its_actor_lives()
    {
        System.Spawn(Idle(), "denoiser");
        var error = Assert.Throws<ActorNameTakenException>(() => System.Spawn(Idle(), "denoiser"));
        Assert.Contains("/denoiser", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => System.Spawn(Idle(), "a/b"));
    }

    [Fact]
    public async Task A_name_is_free_when_the_end_is_known()
    {
        var respawned = new Received<ActorPath>();
        var child = System.Spawn(Idle(), "worker");
        System.Spawn(ActorProps.Create(() => new ScriptedActor<Terminated>
        {
            OnPreStart = context =>
            {
                context.Watch(child, terminated => terminated);
                return ValueTask.CompletedTask;
            },
            OnReceive = (terminated, context) =>
            {
                respawned.Add(context.System.Spawn(Idle(), "worker").Path);
                return ValueTask.CompletedTask;
            },
        }));
        await System.StopAsync(child).Within();
        Assert.Equal(child.Path, await respawned.NextAsync());
        await System.StopAsync(System.Spawn(Idle(), "again")).Within();
        System.Spawn(Idle(), "again");
    }

    [Fact]
    public async Task Stop_finishes_the_message_in_hand_and_leaves_the_rest()
    {
        var (actor, gate, begun, handled) = SpawnGated();
        actor.Tell(1);
        await begun.NextAsync();
        actor.Tell(2);
        actor.Tell(3);
        var stopped = System.StopAsync(actor);
        Assert.False(stopped.IsCompleted);
        gate.SetResult();
        await stopped.Within();
        Assert.Equal([1], handled.TakeAll());
        Assert.Equal([2, 3], (await Events.DeadLetters.NextAsync(2)).Select(letter => letter.Message));
    }

    [Fact]
    public async Task Drain_handles_what_was_sent_before_and_refuses_what_comes_later()
    {
        var (actor, gate, begun, handled) = SpawnGated();
        actor.Tell(1);
        await begun.NextAsync();
        actor.Tell(2);
        actor.Tell(3);
        var stopped = System.StopAsync(actor, StopMode.Drain);
        actor.Tell(4);
        gate.SetResult();
        await stopped.Within();
        Assert.Equal([1, 2, 3], handled.TakeAll());
        var letter = await Events.DeadLetters.NextAsync();
        Assert.Equal((4, DeadLetterReason.RecipientStopped), (letter.Message, letter.Reason));
    }

    [Fact]
    public async Task Stop_overrules_a_drain_under_way()
    {
        var (actor, gate, begun, handled) = SpawnGated();
        actor.Tell(1);
        await begun.NextAsync();
        actor.Tell(2);
        var drained = System.StopAsync(actor, StopMode.Drain);
        var stopped = System.StopAsync(actor);
        gate.SetResult();
        await Task.WhenAll(drained, stopped).Within();
        Assert.Equal([1], handled.TakeAll());
    }

    [Fact]
    public async Task A_long_handler_hears_of_the_stop()
    {
        var begun = new Received<int>();
        var actor = System.Spawn(ActorProps.FromHandler<string>(async (_, context) =>
        {
            begun.Add(0);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Stopping);
        }));
        actor.Tell("sample");
        await begun.NextAsync();
        await System.StopAsync(actor).Within();
        var letter = await Events.DeadLetters.NextAsync();
        Assert.Equal(("sample", DeadLetterReason.Interrupted), (letter.Message, letter.Reason));
        Assert.Empty(Events.Failed.TakeAll());
    }

    [Fact]
    public async Task A_drain_does_not_interrupt()
    {
        var (actor, gate, begun, _) = SpawnGated();
        var interrupted = new Received<bool>();
        var watcher = System.Spawn(ActorProps.FromHandler<int>(async (_, context) =>
        {
            begun.Add(0);
            await gate.Task;
            interrupted.Add(context.Stopping.IsCancellationRequested);
        }));
        watcher.Tell(0);
        await begun.NextAsync();
        var drained = System.StopAsync(watcher, StopMode.Drain);
        gate.SetResult();
        await drained.Within();
        Assert.False(await interrupted.NextAsync());
        await System.StopAsync(actor).Within();
    }

    [Fact]
    public async Task An_actor_can_stop_itself()
    {
        var handled = new Received<int>();
        var actor = System.Spawn(ActorProps.FromHandler<int>((number, context) =>
        {
            handled.Add(number);
            if (number == 1)
            {
                context.Self.Tell(3);
                context.StopSelf();
            }

            return ValueTask.CompletedTask;
        }));
        var (watcher, ends) = SpawnWatcher(actor);
        await watcher.Ask<bool>(reply => reply, Seconds(1)).Within();
        actor.Tell(1);
        actor.Tell(2);
        Assert.Null((await ends.NextAsync()).Cause);
        Assert.Equal([1], handled.TakeAll());
    }

    [Fact]
    public async Task Children_end_before_their_parents()
    {
        var ended = new Received<string>();
        var root = System.Spawn(Nest(3), "root");
        await Events.Started.NextAsync(4);
        await System.StopAsync(root).Within();
        Assert.Equal(["/root/child/child/child", "/root/child/child", "/root/child", "/root"], ended.TakeAll());
        Assert.Equal(0, System.LiveActors);

        ActorProps<int> Nest(int depth) => ActorProps.Create(() => new ScriptedActor<int>
        {
            OnPreStart = context =>
            {
                if (depth > 0)
                {
                    context.Spawn(Nest(depth - 1), "child");
                }

                return ValueTask.CompletedTask;
            },
            OnReceive = (_, _) => ValueTask.CompletedTask,
            OnPostStop = context =>
            {
                ended.Add(context.Self.Path.ToString());
                return ValueTask.CompletedTask;
            },
        });
    }

    [Fact]
    public async Task A_drain_of_a_parent_drains_the_children()
    {
        var handled = new Received<int>();
        var gate = new TaskCompletionSource();
        var parent = System.Spawn(ActorProps.Create(() =>
        {
            IActorRef<int>? child = null;
            return new ScriptedActor<int>
            {
                OnPreStart = context =>
                {
                    child = context.Spawn(ActorProps.FromHandler<int>(async (number, _) =>
                    {
                        await gate.Task;
                        handled.Add(number);
                    }));
                    return ValueTask.CompletedTask;
                },
                OnReceive = (number, _) =>
                {
                    child!.Tell(number);
                    return ValueTask.CompletedTask;
                },
            };
        }));
        for (var i = 0; i < 10; i++)
        {
            parent.Tell(i);
        }

        var drained = System.StopAsync(parent, StopMode.Drain);
        gate.SetResult();
        await drained.Within();
        Assert.Equal(Enumerable.Range(0, 10), handled.TakeAll());
    }

    [Fact]
    public async Task A_stop_frees_a_child_that_waits_for_space_in_its_parent()
    {
        var full = new Received<int>();
        var gate = new TaskCompletionSource();
        var parent = System.Spawn(ActorProps.FromHandler<string>(async (message, context) =>
        {
            if (message == "go")
            {
                var self = context.Self;
                context.Spawn(ActorProps.FromHandler<int>(async (_, _) =>
                {
                    await self.TellAsync("1");
                    full.Add(0);
                    await self.TellAsync("2");
                })).Tell(0);
                await gate.Task;
            }
        }) with
        { Mailbox = MailboxOptions<string>.Bounded(1) });
        parent.Tell("go");
        await full.NextAsync();
        var stopped = System.StopAsync(parent);
        gate.SetResult();
        await stopped.Within();
        Assert.Equal(["1", "2"], (await Events.DeadLetters.NextAsync(2)).Select(letter => (string)letter.Message).Order());
    }

    [Fact]
    public async Task A_watcher_hears_of_the_end_after_the_last_message()
    {
        var received = new Received<object>();
        System.Spawn(ActorProps.Create(() => new ScriptedActor<object>
        {
            OnPreStart = context =>
            {
                var self = context.Self;
                var child = context.Spawn(ActorProps.FromHandler<int>((number, inner) =>
                {
                    self.Tell(number);
                    if (number == 99)
                    {
                        inner.StopSelf();
                    }

                    return ValueTask.CompletedTask;
                }));
                context.Watch(child, terminated => terminated);
                for (var i = 0; i < 100; i++)
                {
                    child.Tell(i);
                }

                return ValueTask.CompletedTask;
            },
            OnReceive = (message, _) =>
            {
                received.Add(message);
                return ValueTask.CompletedTask;
            },
        }));
        var messages = await received.NextAsync(101);
        Assert.Equal(Enumerable.Range(0, 100).Cast<object>(), messages[..100]);
        Assert.IsType<Terminated>(messages[100]);
    }

    [Fact]
    public async Task Watching_an_actor_that_has_ended_answers_at_once()
    {
        var actor = System.Spawn(Idle());
        await System.StopAsync(actor).Within();
        var (_, ends) = SpawnWatcher(actor);
        var end = await ends.NextAsync();
        Assert.Same(actor, end.Actor);
        Assert.Null(end.Cause);
    }

    [Fact]
    public async Task A_watcher_learns_the_cause()
    {
        var actor = System.Spawn(
            ActorProps.FromHandler<string>((message, _) => throw new ScriptedFailure(message)) with
            { Supervision = SupervisionStrategy.Stop });
        var (watcher, ends) = SpawnWatcher(actor);
        await watcher.Ask<bool>(reply => reply, Seconds(1)).Within();
        actor.Tell("boom");
        Assert.Equal("boom", Assert.IsType<ScriptedFailure>((await ends.NextAsync()).Cause).Message);
    }

    [Fact]
    public async Task After_unwatch_no_end_is_delivered_even_if_it_was_in_the_mailbox()
    {
        var actor = System.Spawn(Idle());
        var received = new Received<string>();
        var gate = new TaskCompletionSource();
        var watcher = System.Spawn(ActorProps.FromHandler<string>(async (message, context) =>
        {
            received.Add(message);
            if (message == "watch")
            {
                context.Watch(actor, _ => "terminated");
                await gate.Task;
                context.Unwatch(actor);
            }
        }));
        watcher.Tell("watch");
        await received.NextAsync();
        await System.StopAsync(actor).Within();
        gate.SetResult();
        watcher.Tell("after");
        Assert.Equal("after", await received.NextAsync());
    }

    [Fact]
    public async Task A_second_watch_replaces_the_first()
    {
        var actor = System.Spawn(Idle());
        var received = new Received<string>();
        var watcher = System.Spawn(ActorProps.FromHandler<string>((message, context) =>
        {
            if (message == "watch")
            {
                context.Watch(actor, _ => "first");
                context.Watch(actor, _ => "second");
            }

            received.Add(message);
            return ValueTask.CompletedTask;
        }));
        watcher.Tell("watch");
        Assert.Equal("watch", await received.NextAsync());
        await System.StopAsync(actor).Within();
        Assert.Equal("second", await received.NextAsync());
        watcher.Tell("last");
        Assert.Equal("last", await received.NextAsync());
    }

    [Fact]
    public async Task Stopping_the_system_leaves_nothing_running()
    {
        for (var i = 0; i < 20; i++)
        {
            System.Spawn(ActorProps.Create(() => new ScriptedActor<int>
            {
                OnPreStart = context =>
                {
                    context.Timers.StartPeriodic("tick", 0, Seconds(1));
                    context.Spawn(Idle());
                    context.Spawn(Idle() with { Thread = ActorThread.Dedicated });
                    return ValueTask.CompletedTask;
                },
                OnReceive = (_, _) => ValueTask.CompletedTask,
            }) with
            { Thread = i % 2 == 0 ? ActorThread.Pool : ActorThread.Dedicated });
        }

        await Events.Started.NextAsync(60);
        await System.StopAsync().Within();
        Assert.Equal(0, System.LiveActors);
        Assert.Equal(0, Clock.PendingTimers);
        Assert.True(System.WhenTerminated.IsCompletedSuccessfully);
        await System.StopAsync().Within();
        Assert.Throws<ActorStoppingException>(() => System.Spawn(Idle()));
    }

    [Fact]
    public async Task A_drain_of_the_system_loses_nothing()
    {
        var (target, received) = SpawnProbe<int>();
        for (var i = 0; i < 1000; i++)
        {
            target.Tell(i);
        }

        await System.StopAsync(StopMode.Drain).Within();
        Assert.Equal(Enumerable.Range(0, 1000), received.TakeAll());
    }

    [Fact]
    public async Task A_failed_clean_up_is_reported_and_holds_nothing_up()
    {
        var actor = System.Spawn(ActorProps.Create(() => new ScriptedActor<int>
        {
            OnReceive = (_, _) => ValueTask.CompletedTask,
            OnPostStop = _ => throw new ScriptedFailure("clean-up"),
        }));
        await Events.Started.NextAsync();
        await System.StopAsync(actor).Within();
        Assert.Equal("clean-up", (await Events.CleanupsFailed.NextAsync()).Cause.Message);
    }

    [Fact]
    public async Task An_observer_that_throws_disturbs_nobody()
    {
        using var subscription = System.Subscribe(new BrokenObserver());
        var actor = System.Spawn(Idle());
        await System.StopAsync(actor).Within();
        actor.Tell(0);
        Assert.Equal(0, (await Events.DeadLetters.NextAsync()).Message);
    }

    [Fact]
    public async Task Another_systems_actor_is_refused()
    {
        await using var other = Engine.Start(new ActorSystemOptions { Name = "other" });
        var stranger = other.Spawn(Idle());
        await Assert.ThrowsAsync<ArgumentException>(() => System.StopAsync(stranger));
    }

    private static ActorProps<int> Idle() => ActorProps.FromHandler<int>((_, _) => ValueTask.CompletedTask);

    private (IActorRef<int> Actor, TaskCompletionSource Gate, Received<int> Begun, Received<int> Handled) SpawnGated()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new Received<int>();
        var handled = new Received<int>();
        var actor = System.Spawn(ActorProps.FromHandler<int>(async (number, _) =>
        {
            begun.Add(number);
            await gate.Task;
            handled.Add(number);
        }));
        return (actor, gate, begun, handled);
    }

    private (IActorRef<object> Watcher, Received<Terminated> Ends) SpawnWatcher(IActorRef watched)
    {
        var ends = new Received<Terminated>();
        var watcher = System.Spawn(ActorProps.Create(() => new ScriptedActor<object>
        {
            OnPreStart = context =>
            {
                context.Watch(watched, terminated => terminated);
                return ValueTask.CompletedTask;
            },
            OnReceive = (message, _) =>
            {
                if (message is Terminated terminated)
                {
                    ends.Add(terminated);
                }
                else
                {
                    ((IActorRef<bool>)message).Tell(true);
                }

                return ValueTask.CompletedTask;
            },
        }));
        return (watcher, ends);
    }

    private sealed class BrokenObserver : IEngineEvents
    {
        public void ActorStarted(ActorPath actor) => throw new ScriptedFailure("observer");

        public void ActorStopped(ActorPath actor, Exception? cause) => throw new ScriptedFailure("observer");

        public void DeadLetter(DeadLetter letter) => throw new ScriptedFailure("observer");
    }
}

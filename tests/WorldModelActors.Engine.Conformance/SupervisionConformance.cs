namespace WorldModelActors.Engine.Conformance;

/// <summary>Failures: decisions, back-off, and what becomes of messages.</summary>
public abstract class SupervisionConformance : EngineConformance
{
    [Fact]
    public async Task A_restart_keeps_the_mailbox_and_forgets_the_state()
    {
        var instances = 0;
        var handled = new Received<(int Instance, string Message)>();
        var failures = new Received<ActorFailure<string>>();
        var begun = new Received<int>();
        var gate = new TaskCompletionSource();
        var actor = System.Spawn(ActorProps.Create(() =>
        {
            var instance = ++instances;
            return new ScriptedActor<string>
            {
                OnReceive = async (message, _) =>
                {
                    if (message == "fail")
                    {
                        begun.Add(instance);
                        await gate.Task;
                        throw new ScriptedFailure("on purpose");
                    }

                    handled.Add((instance, message));
                },
            };
        }) with
        { Supervision = RestartAtOnce, OnFailure = failures.Add });
        foreach (var message in (string[])["a", "fail", "b", "c"])
        {
            actor.Tell(message);
        }

        await begun.NextAsync();
        gate.SetResult();
        Assert.Equal([(1, "a"), (2, "b"), (2, "c")], await handled.NextAsync(3));
        var failure = await failures.NextAsync();
        Assert.Same(actor, failure.Actor);
        Assert.True(failure.HasMessage);
        Assert.Equal("fail", failure.Message);
        Assert.Equal("on purpose", failure.Cause.Message);
        Assert.Equal((SupervisionDecision.Restart, 1), (failure.Decision, failure.FailuresInWindow));
        Assert.Equal("fail", (await Events.Failed.NextAsync()).UntypedMessage);
        Assert.Equal(actor.Path, await Events.Restarted.NextAsync());
        Assert.Empty(Events.DeadLetters.TakeAll());
    }

    [Fact]
    public async Task The_owner_can_send_a_failed_message_again()
    {
        var attempts = 0;
        var handled = new Received<string>();
        var worker = System.Spawn(ActorProps.FromHandler<string>((message, _) =>
        {
            if (message == "flaky" && ++attempts < 3)
            {
                throw new ScriptedFailure("flaky");
            }

            handled.Add(message);
            return ValueTask.CompletedTask;
        }) with
        { Supervision = RestartAtOnce, OnFailure = failure => failure.Actor.Tell(failure.Message!) });
        worker.Tell("flaky");
        worker.Tell("steady");
        Assert.Equal(["steady", "flaky"], await handled.NextAsync(2));
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task Hooks_around_a_restart_run_on_the_right_instance()
    {
        var log = new Received<string>();
        var instances = 0;
        var actor = System.Spawn(ActorProps.Create(() =>
        {
            var instance = ++instances;
            return new ScriptedActor<string>
            {
                OnPreStart = _ => Log($"start {instance}"),
                OnReceive = (_, _) => throw new ScriptedFailure("boom"),
                OnPreRestart = (failure, _) => Log($"restart {instance} after {failure.Message}"),
                OnPostStop = _ => Log($"stop {instance}"),
            };
        }) with
        { Supervision = RestartAtOnce });
        actor.Tell("x");
        await Events.Restarted.NextAsync();
        await System.StopAsync(actor).Within();
        Assert.Equal(["start 1", "restart 1 after x", "start 2", "stop 2"], log.TakeAll());

        ValueTask Log(string what)
        {
            log.Add(what);
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task By_default_a_restart_cleans_up_as_a_stop_does()
    {
        var stops = new Received<int>();
        var actor = System.Spawn(ActorProps.Create(() => new ScriptedActor<string>
        {
            OnReceive = (_, _) => throw new ScriptedFailure("boom"),
            OnPostStop = _ =>
            {
                stops.Add(0);
                return ValueTask.CompletedTask;
            },
        }) with
        { Supervision = RestartAtOnce });
        actor.Tell("x");
        await stops.NextAsync();
    }

    [Fact]
    public async Task Back_off_doubles_up_to_its_limit()
    {
        var actor = SpawnFragile(SupervisionStrategy.Restart(Seconds(1), Seconds(5), 100, Timeout.InfiniteTimeSpan));
        double[] expected = [1, 2, 4, 5, 5];
        for (var i = 0; i < expected.Length; i++)
        {
            actor.Tell("fail");
            var failure = await Events.Failed.NextAsync();
            Assert.Equal(Seconds(expected[i]), failure.RestartDelay);
            Assert.Equal(i + 1, failure.FailuresInWindow);
            Assert.Empty(Events.Restarted.TakeAll());
            Clock.Advance(Seconds(expected[i]) - Milliseconds(1));
            Assert.Empty(Events.Restarted.TakeAll());
            Assert.Equal(1, Clock.PendingTimers);
            Clock.Advance(Milliseconds(1));
            await Events.Restarted.NextAsync();
        }
    }

    [Fact]
    public async Task Messages_wait_while_an_actor_backs_off()
    {
        var handled = new Received<string>();
        var actor = SpawnFragile(SupervisionStrategy.Restart(Seconds(10), Seconds(10), 3, Seconds(60)), handled);
        actor.Tell("fail");
        await Events.Failed.NextAsync();
        actor.Tell("a");
        actor.Tell("b");
        Assert.Empty(handled.TakeAll());
        Clock.Advance(Seconds(10));
        Assert.Equal(["a", "b"], await handled.NextAsync(2));
    }

    [Fact]
    public async Task Old_failures_are_forgotten()
    {
        var actor = SpawnFragile(SupervisionStrategy.Restart(Seconds(1), Seconds(8), 2, Seconds(30)));
        for (var i = 0; i < 6; i++)
        {
            actor.Tell("fail");
            var failure = await Events.Failed.NextAsync();
            Assert.Equal((SupervisionDecision.Restart, 1), (failure.Decision, failure.FailuresInWindow));
            Clock.Advance(Seconds(1));
            await Events.Restarted.NextAsync();
            Clock.Advance(Seconds(29));
        }
    }

    [Theory]
    [InlineData(SupervisionDecision.Stop)]
    [InlineData(SupervisionDecision.Escalate)]
    public async Task Too_many_restarts_are_decided_as_configured(SupervisionDecision whenExhausted)
    {
        var actor = SpawnFragile(SupervisionStrategy.Restart(Seconds(1), Seconds(1), 2, Seconds(60), whenExhausted));
        for (var i = 0; i < 2; i++)
        {
            actor.Tell("fail");
            Assert.Equal(SupervisionDecision.Restart, (await Events.Failed.NextAsync()).Decision);
            Clock.Advance(Seconds(1));
            await Events.Restarted.NextAsync();
        }

        actor.Tell("fail");
        Assert.Equal(whenExhausted, (await Events.Failed.NextAsync()).Decision);
        Assert.Equal("on purpose", (await Events.Stopped.NextAsync()).Cause?.Message);
        if (whenExhausted == SupervisionDecision.Escalate)
        {
            await Assert.ThrowsAsync<ActorSystemFailedException>(() => System.WhenTerminated.Within());
        }
        else
        {
            Assert.False(System.WhenTerminated.IsCompleted);
        }
    }

    [Fact]
    public async Task The_decision_can_depend_on_the_exception()
    {
        var strategy = RestartAtOnce with
        {
            Decide = cause => cause is InvalidOperationException ? SupervisionDecision.Stop : SupervisionDecision.Restart,
        };
        var actor = System.Spawn(
            ActorProps.FromHandler<Exception>((cause, _) => throw cause) with { Supervision = strategy });
        actor.Tell(new ScriptedFailure("passing"));
        Assert.Equal(SupervisionDecision.Restart, (await Events.Failed.NextAsync()).Decision);
        actor.Tell(new InvalidOperationException("for good"));
        Assert.Equal(SupervisionDecision.Stop, (await Events.Failed.NextAsync()).Decision);
        Assert.Equal("for good", (await Events.Stopped.NextAsync()).Cause?.Message);
    }

    [Fact]
    public async Task Stop_leaves_waiting_messages_as_dead_letters()
    {
        var gate = new TaskCompletionSource();
        var actor = System.Spawn(ActorProps.FromHandler<string>(async (message, _) =>
        {
            await gate.Task;
            throw new ScriptedFailure(message);
        }) with
        { Supervision = SupervisionStrategy.Stop });
        actor.Tell("bad");
        actor.Tell("waiting");
        gate.SetResult();
        Assert.Equal("bad", (await Events.Failed.NextAsync()).UntypedMessage);
        var letter = await Events.DeadLetters.NextAsync();
        Assert.Equal(("waiting", DeadLetterReason.LeftInMailbox), (letter.Message, letter.Reason));
    }

    [Fact]
    public async Task An_escalated_failure_is_the_parents()
    {
        var parents = new Received<ActorFailure<string>>();
        var parent = System.Spawn(
            ActorProps.Create(() => new ScriptedActor<string>
            {
                OnPreStart = context =>
                {
                    context.Spawn(ActorProps.FromHandler<string>((_, _) => throw new ScriptedFailure("deep")), "child").Tell("go");
                    return ValueTask.CompletedTask;
                },
                OnReceive = (_, _) => ValueTask.CompletedTask,
            }) with
            {
                Supervision = SupervisionStrategy.Restart(Seconds(1), Seconds(1), 10, Seconds(60)),
                OnFailure = parents.Add,
            },
            "parent");
        var failure = await parents.NextAsync();
        var cause = Assert.IsType<ChildFailedException>(failure.Cause);
        Assert.Equal("/parent/child", cause.Child.ToString());
        Assert.Equal("deep", cause.InnerException?.Message);
        Assert.False(failure.HasMessage);
        Assert.Equal(parent.Path, failure.Path);
    }

    [Fact]
    public async Task A_failure_above_the_topmost_actor_ends_the_system_with_its_cause()
    {
        var bystander = SpawnProbe<int>("bystander");
        var actor = System.Spawn(
            ActorProps.FromHandler<string>((_, _) => throw new ScriptedFailure("fatal")), "top");
        actor.Tell("go");
        var error = await Assert.ThrowsAsync<ActorSystemFailedException>(() => System.WhenTerminated.Within());
        Assert.Equal("/top", error.Actor.ToString());
        Assert.Equal("fatal", error.InnerException?.Message);
        Assert.Equal("fatal", (await Events.SystemFailures.NextAsync()).Cause.Message);
        Assert.Equal(0, System.LiveActors);
        bystander.Ref.Tell(1);
        Assert.Equal(1, (await Events.DeadLetters.NextAsync()).Message);
    }

    [Fact]
    public async Task Children_of_a_restarted_actor_are_new()
    {
        var log = new Received<string>();
        var generation = 0;
        var parent = System.Spawn(ActorProps.Create(() =>
        {
            var own = ++generation;
            return new ScriptedActor<string>
            {
                OnPreStart = context =>
                {
                    context.Spawn(
                        ActorProps.Create(() => new ScriptedActor<string>
                        {
                            OnPreStart = _ => Log($"child {own} starts"),
                            OnReceive = (_, _) => ValueTask.CompletedTask,
                            OnPostStop = _ => Log($"child {own} stops"),
                        }),
                        "child");
                    return ValueTask.CompletedTask;
                },
                OnReceive = (_, _) => throw new ScriptedFailure("boom"),
                OnPostStop = _ => Log($"parent {own} cleans up"),
            };
        }) with
        { Supervision = RestartAtOnce });
        Assert.Equal("child 1 starts", await log.NextAsync());
        parent.Tell("fail");
        Assert.Equal(["child 1 stops", "parent 1 cleans up", "child 2 starts"], await log.NextAsync(3));

        ValueTask Log(string what)
        {
            log.Add(what);
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task Timers_and_watches_end_with_their_instance()
    {
        var other = SpawnProbe<int>().Ref;
        var received = new Received<string>();
        var first = true;
        var actor = System.Spawn(ActorProps.Create(() => new ScriptedActor<string>
        {
            OnPreStart = context =>
            {
                if (first)
                {
                    first = false;
                    context.Timers.StartPeriodic("tick", "tick", Seconds(1));
                    context.Watch(other, _ => "terminated");
                }

                return ValueTask.CompletedTask;
            },
            OnReceive = (message, _) =>
            {
                received.Add(message);
                return message == "fail" ? throw new ScriptedFailure("boom") : ValueTask.CompletedTask;
            },
        }) with
        { Supervision = RestartAtOnce });
        actor.Tell("fail");
        await Events.Restarted.NextAsync();
        Assert.Equal(0, Clock.PendingTimers);
        await System.StopAsync(other).Within();
        actor.Tell("last");
        Assert.Equal(["fail", "last"], await received.NextAsync(2));
    }

    [Fact]
    public async Task A_watch_outlives_the_restarts_of_the_watched()
    {
        var actor = SpawnFragile(RestartAtOnce);
        var ends = new Received<Terminated>();
        System.Spawn(ActorProps.Create(() => new ScriptedActor<Terminated>
        {
            OnPreStart = context =>
            {
                context.Watch(actor, terminated => terminated);
                return ValueTask.CompletedTask;
            },
            OnReceive = (terminated, _) =>
            {
                ends.Add(terminated);
                return ValueTask.CompletedTask;
            },
        }));
        await Events.Started.NextAsync(2);
        actor.Tell("fail");
        await Events.Restarted.NextAsync();
        Assert.Empty(ends.TakeAll());
        await System.StopAsync(actor).Within();
        Assert.Same(actor, (await ends.NextAsync()).Actor);
    }

    [Fact]
    public async Task A_failed_start_is_retried_with_back_off()
    {
        var attempts = 0;
        var handled = new Received<string>();
        var actor = System.Spawn(ActorProps.Create(() => new ScriptedActor<string>
        {
            OnPreStart = _ => ++attempts < 3 ? throw new ScriptedFailure("not yet") : ValueTask.CompletedTask,
            OnReceive = (message, _) =>
            {
                handled.Add(message);
                return ValueTask.CompletedTask;
            },
        }) with
        { Supervision = SupervisionStrategy.Restart(Seconds(1), Seconds(60), 5, Timeout.InfiniteTimeSpan) });
        actor.Tell("patient");
        Assert.False(HasMessage(await Events.Failed.NextAsync()));
        Clock.Advance(Seconds(1));
        Assert.Equal(2, (await Events.Failed.NextAsync()).FailuresInWindow);
        Clock.Advance(Seconds(2));
        Assert.Equal("patient", await handled.NextAsync());

        static bool HasMessage(ActorFailure failure) => failure.UntypedMessage is not null;
    }

    [Fact]
    public async Task A_failing_factory_is_a_failed_start()
    {
        System.Spawn(ActorProps.Create<string>(() => throw new ScriptedFailure("factory")) with
        { Supervision = SupervisionStrategy.Stop });
        Assert.Equal("factory", (await Events.Failed.NextAsync()).Cause.Message);
        Assert.Equal("factory", (await Events.Stopped.NextAsync()).Cause?.Message);
    }

    [Fact]
    public async Task A_half_started_instance_is_cleaned_up()
    {
        var cleaned = new Received<int>();
        System.Spawn(ActorProps.Create(() => new ScriptedActor<string>
        {
            OnPreStart = _ => throw new ScriptedFailure("half"),
            OnReceive = (_, _) => ValueTask.CompletedTask,
            OnPostStop = _ =>
            {
                cleaned.Add(0);
                return ValueTask.CompletedTask;
            },
        }) with
        { Supervision = SupervisionStrategy.Stop });
        await cleaned.NextAsync();
    }

    [Theory]
    [InlineData(StopMode.AfterCurrentMessage)]
    [InlineData(StopMode.Drain)]
    public async Task An_actor_that_backs_off_can_be_stopped(StopMode mode)
    {
        var handled = new Received<string>();
        var actor = SpawnFragile(SupervisionStrategy.Restart(Seconds(60), Seconds(60), 3, Seconds(600)), handled);
        actor.Tell("fail");
        await Events.Failed.NextAsync();
        actor.Tell("waiting");
        var stopped = System.StopAsync(actor, mode);
        if (mode == StopMode.Drain)
        {
            Assert.False(stopped.IsCompleted);
            Clock.Advance(Seconds(60));
            Assert.Equal("waiting", await handled.NextAsync());
        }
        else
        {
            Assert.Equal("waiting", (await Events.DeadLetters.NextAsync()).Message);
        }

        await stopped.Within();
        Assert.Equal(0, Clock.PendingTimers);
    }

    [Fact]
    public async Task A_failure_while_stopping_is_reported_and_does_not_restart()
    {
        var begun = new Received<int>();
        var gate = new TaskCompletionSource();
        var actor = System.Spawn(ActorProps.FromHandler<string>(async (_, _) =>
        {
            begun.Add(0);
            await gate.Task;
            throw new ScriptedFailure("late");
        }) with
        { Supervision = RestartAtOnce });
        actor.Tell("work");
        await begun.NextAsync();
        var stopped = System.StopAsync(actor);
        gate.SetResult();
        await stopped.Within();
        var failure = await Events.Failed.NextAsync();
        Assert.Equal(("work", SupervisionDecision.Stop), (failure.UntypedMessage, failure.Decision));
        Assert.Equal("late", (await Events.Stopped.NextAsync()).Cause?.Message);
    }

    [Fact]
    public async Task A_failure_hook_that_throws_escalates_with_both_causes()
    {
        var actor = System.Spawn(
            ActorProps.FromHandler<string>((_, _) => throw new ScriptedFailure("first")) with
            {
                Supervision = SupervisionStrategy.Restart(Seconds(9), Seconds(9), 9, Seconds(99)),
                OnFailure = _ => throw new ScriptedFailure("second"),
            });
        actor.Tell("go");
        var error = await Assert.ThrowsAsync<ActorSystemFailedException>(() => System.WhenTerminated.Within());
        var both = Assert.IsType<AggregateException>(error.InnerException);
        Assert.Equal(["first", "second"], both.InnerExceptions.Select(cause => cause.Message));
        Assert.Equal(0, Clock.PendingTimers);
    }

    [Fact]
    public async Task A_decision_that_throws_escalates_with_both_causes()
    {
        var actor = System.Spawn(
            ActorProps.FromHandler<string>((_, _) => throw new ScriptedFailure("first")) with
            { Supervision = RestartAtOnce with { Decide = _ => throw new ScriptedFailure("second") } });
        actor.Tell("go");
        var error = await Assert.ThrowsAsync<ActorSystemFailedException>(() => System.WhenTerminated.Within());
        var both = Assert.IsType<AggregateException>(error.InnerException);
        Assert.Equal(["first", "second"], both.InnerExceptions.Select(cause => cause.Message));
    }

    [Fact]
    public async Task A_restart_frees_a_child_that_waits_for_space_in_its_parent()
    {
        var full = new Received<int>();
        var parent = System.Spawn(ActorProps.Create(() => new ScriptedActor<string>
        {
            OnReceive = async (message, context) =>
            {
                if (message != "go")
                {
                    return;
                }

                var self = context.Self;
                context.Spawn(ActorProps.FromHandler<int>(async (_, inner) =>
                {
                    await self.TellAsync("1", inner.Stopping);
                    full.Add(0);
                    await self.TellAsync("2", inner.Stopping);
                })).Tell(0);
                await full.NextAsync();
                throw new ScriptedFailure("while the child waits");
            },
        }) with
        { Supervision = RestartAtOnce, Mailbox = MailboxOptions<string>.Bounded(1) });
        parent.Tell("go");
        await Events.Restarted.NextAsync();
    }

    private IActorRef<string> SpawnFragile(SupervisionStrategy supervision, Received<string>? handled = null) =>
        System.Spawn(ActorProps.FromHandler<string>((message, _) =>
        {
            if (message == "fail")
            {
                throw new ScriptedFailure("on purpose");
            }

            handled?.Add(message);
            return ValueTask.CompletedTask;
        }) with
        { Supervision = supervision });
}

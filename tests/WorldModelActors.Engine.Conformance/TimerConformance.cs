namespace WorldModelActors.Engine.Conformance;

/// <summary>Keyed timers on the system's clock.</summary>
public abstract class TimerConformance : EngineConformance
{
    [Fact]
    public async Task A_single_timer_rings_once()
    {
        var (actor, received) = SpawnTimed();
        await DoAsync(actor, context => context.Timers.StartSingle("once", "ring", Seconds(3)));
        Clock.Advance(Milliseconds(2999));
        Assert.Equal(1, Clock.PendingTimers);
        Clock.Advance(Milliseconds(1));
        Assert.Equal("ring", await received.NextAsync());
        Clock.Advance(Seconds(10));
        await DoAsync(actor, context => received.Add($"active: {context.Timers.IsActive("once")}"));
        Assert.Equal("active: False", await received.NextAsync());
    }

    [Fact]
    public async Task A_periodic_timer_rings_until_it_is_cancelled()
    {
        var (actor, received) = SpawnTimed();
        await DoAsync(actor, context => context.Timers.StartPeriodic("tick", "tick", Seconds(2), Seconds(1)));
        Clock.Advance(Seconds(1));
        Assert.Equal("tick", await received.NextAsync());
        for (var i = 0; i < 5; i++)
        {
            Assert.Empty(received.TakeAll());
            Clock.Advance(Seconds(2));
            Assert.Equal("tick", await received.NextAsync());
        }

        await DoAsync(actor, context => Assert.True(context.Timers.Cancel("tick")));
        Clock.Advance(Seconds(60));
        await DoAsync(actor, context => Assert.False(context.Timers.Cancel("tick")));
        Assert.Empty(received.TakeAll());
        Assert.Equal(0, Clock.PendingTimers);
    }

    [Fact]
    public async Task A_cancelled_timers_message_is_not_delivered_even_from_the_mailbox()
    {
        var (actor, received) = SpawnTimed();
        await DoAsync(actor, context =>
        {
            context.Timers.StartSingle("late", "late", Seconds(1));
            Clock.Advance(Seconds(1));
            context.Timers.Cancel("late");
        });
        await DoAsync(actor, _ => received.Add("after"));
        Assert.Equal("after", await received.NextAsync());
    }

    [Fact]
    public async Task Starting_a_key_again_replaces_its_timer()
    {
        var (actor, received) = SpawnTimed();
        await DoAsync(actor, context =>
        {
            context.Timers.StartSingle("key", "old", Seconds(1));
            Clock.Advance(Seconds(1));
            context.Timers.StartSingle("key", "new", Seconds(1));
            context.Timers.StartSingle("other", "other", Seconds(2));
        });
        Clock.Advance(Seconds(1));
        Assert.Equal("new", await received.NextAsync());
        Clock.Advance(Seconds(1));
        Assert.Equal("other", await received.NextAsync());
    }

    [Fact]
    public async Task A_slow_actor_misses_ticks_instead_of_piling_them_up()
    {
        var (actor, received) = SpawnTimed();
        await DoAsync(actor, context =>
        {
            context.Timers.StartPeriodic("tick", "tick", Seconds(1));
            Clock.Advance(Seconds(100));
        });
        await DoAsync(actor, context => context.Timers.CancelAll());
        Assert.Equal(["tick"], received.TakeAll());
    }

    [Fact]
    public async Task A_stopped_actors_timers_are_gone_without_dead_letters()
    {
        var (actor, _) = SpawnTimed();
        await DoAsync(actor, context =>
        {
            context.Timers.StartPeriodic("tick", "tick", Seconds(1));
            Clock.Advance(Seconds(1));
            context.StopSelf();
        });
        await System.StopAsync(actor).Within();
        Clock.Advance(Seconds(10));
        Assert.Equal(0, Clock.PendingTimers);
        Assert.Empty(Events.DeadLetters.TakeAll());
    }

    [Fact]
    public async Task A_zero_delay_rings_after_the_current_message()
    {
        var (actor, received) = SpawnTimed();
        await DoAsync(actor, context =>
        {
            context.Timers.StartSingle("now", "ring", TimeSpan.Zero);
            received.Add("started");
        });
        Clock.Advance(TimeSpan.Zero);
        Assert.Equal(["started", "ring"], await received.NextAsync(2));
    }

    [Fact]
    public async Task Absurd_times_are_refused()
    {
        var (actor, _) = SpawnTimed();
        await DoAsync(actor, context =>
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => context.Timers.StartSingle("key", "x", Seconds(-1)));
            Assert.Throws<ArgumentOutOfRangeException>(() => context.Timers.StartPeriodic("key", "x", TimeSpan.Zero));
            Assert.False(context.Timers.IsActive("key"));
        });
    }

    /// <summary>An actor that hands strings to the test and runs other messages as code.</summary>
    private (IActorRef<object> Actor, Received<string> Received) SpawnTimed()
    {
        var received = new Received<string>();
        var actor = System.Spawn(ActorProps.FromHandler<object>((message, context) =>
        {
            if (message is Errand errand)
            {
                errand.Do(context);
                errand.Done.Tell(true);
            }
            else
            {
                received.Add((string)message);
            }

            return ValueTask.CompletedTask;
        }));
        return (actor, received);
    }

    private static Task DoAsync(IActorRef<object> actor, Action<IActorContext<object>> what) =>
        actor.Ask<bool>(done => new Errand(what, done), Timeout.InfiniteTimeSpan).Within();

    private sealed record Errand(Action<IActorContext<object>> Do, IActorRef<bool> Done);
}

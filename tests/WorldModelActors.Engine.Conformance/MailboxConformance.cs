namespace WorldModelActors.Engine.Conformance;

/// <summary>Bounds, lanes and dead letters.</summary>
public abstract class MailboxConformance : EngineConformance
{
    [Fact]
    public async Task A_full_mailbox_refuses_tell_and_makes_tell_async_wait()
    {
        var (actor, release, handled) = await SpawnBusyAsync(MailboxOptions<int>.Bounded(2));
        actor.Tell(1);
        actor.Tell(2);
        var error = Assert.Throws<MailboxFullException>(() => actor.Tell(3));
        Assert.Equal((actor.Path, 2), (error.Actor, error.Capacity));
        var waiting = actor.TellAsync(4).AsTask();
        var alsoWaiting = actor.TellAsync(5).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.False(alsoWaiting.IsCompleted);
        release.SetResult();
        await Task.WhenAll(waiting, alsoWaiting).Within();
        Assert.Equal((int[])[0, 1, 2, 4, 5], await handled.NextAsync(5));
        await actor.TellAsync(6);
        Assert.Equal(6, await handled.NextAsync());
    }

    [Fact]
    public async Task A_fast_sender_is_held_back_by_a_slow_receiver()
    {
        const int capacity = 4;
        var inFlight = 0;
        var most = 0;
        var handled = new Received<int>();
        var actor = System.Spawn(ActorProps.FromHandler<int>(async (number, _) =>
        {
            await Task.Yield();
            Interlocked.Decrement(ref inFlight);
            handled.Add(number);
        }) with
        { Mailbox = MailboxOptions<int>.Bounded(capacity) });
        for (var i = 0; i < 2000; i++)
        {
            await actor.TellAsync(i);
            most = Math.Max(most, Interlocked.Increment(ref inFlight));
        }

        Assert.Equal(Enumerable.Range(0, 2000), await handled.NextAsync(2000));
        Assert.InRange(most, 1, capacity + 2);
    }

    [Fact]
    public async Task A_wait_for_space_can_be_cancelled_and_sends_nothing()
    {
        var (actor, release, handled) = await SpawnBusyAsync(MailboxOptions<int>.Bounded(1));
        actor.Tell(1);
        using var cancellation = new CancellationTokenSource();
        var waiting = actor.TellAsync(2, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
        release.SetResult();
        Assert.Equal((int[])[0, 1], await handled.NextAsync(2));
        await System.StopAsync(actor).Within();
        Assert.Empty(handled.TakeAll());
        Assert.Empty(Events.DeadLetters.TakeAll());
    }

    [Fact]
    public async Task Who_waits_for_space_in_a_stopping_actor_goes_on()
    {
        var (actor, release, handled) = await SpawnBusyAsync(MailboxOptions<int>.Bounded(1));
        actor.Tell(1);
        var waiting = actor.TellAsync(2).AsTask();
        var stopped = System.StopAsync(actor);
        release.SetResult();
        await Task.WhenAll(stopped, waiting).Within();
        Assert.Equal([0], handled.TakeAll());
        Assert.Equal([1, 2], (await Events.DeadLetters.NextAsync(2)).Select(letter => letter.Message).Order());
    }

    [Fact]
    public async Task Timers_and_ends_of_watched_actors_pass_a_full_mailbox()
    {
        var other = SpawnProbe<int>().Ref;
        var begun = new Received<int>();
        var release = new TaskCompletionSource();
        var handled = new Received<int>();
        var actor = System.Spawn(ActorProps.FromHandler<int>(async (number, context) =>
        {
            if (number == 0)
            {
                context.Watch(other, _ => 100);
                context.Timers.StartSingle("timer", 200, Seconds(1));
                begun.Add(0);
                await release.Task;
            }

            handled.Add(number);
        }) with
        { Mailbox = MailboxOptions<int>.Bounded(1) });
        actor.Tell(0);
        await begun.NextAsync();
        actor.Tell(1);
        await System.StopAsync(other).Within();
        Clock.Advance(Seconds(1));
        release.SetResult();
        Assert.Equal((int[])[0, 1, 100, 200], await handled.NextAsync(4));
    }

    [Fact]
    public async Task Urgent_messages_come_first_and_lanes_keep_their_order()
    {
        var (actor, release, handled) = await SpawnBusyAsync(new MailboxOptions<int>
        {
            Lanes = MailboxLanes<int>.Urgent(number => number >= 100),
        });
        foreach (var number in (int[])[1, 2, 100, 3, 101, 4, 102])
        {
            actor.Tell(number);
        }

        release.SetResult();
        Assert.Equal((int[])[0, 100, 101, 102, 1, 2, 3, 4], await handled.NextAsync(8));
    }

    [Fact]
    public async Task Each_lane_has_its_own_bound()
    {
        var (actor, release, handled) = await SpawnBusyAsync(new MailboxOptions<int>
        {
            Capacity = 1,
            Lanes = new MailboxLanes<int>(3, number => number / 100),
        });
        actor.Tell(250);
        Assert.Throws<MailboxFullException>(() => actor.Tell(251));
        actor.Tell(150);
        actor.Tell(50);
        var waiting = actor.TellAsync(252).AsTask();
        Assert.False(waiting.IsCompleted);
        release.SetResult();
        await waiting.Within();
        Assert.Equal((int[])[0, 50, 150, 250, 252], await handled.NextAsync(5));
    }

    [Fact]
    public async Task A_lane_that_does_not_exist_is_the_receivers_failure()
    {
        var handled = new Received<int>();
        var actor = System.Spawn(ActorProps.FromHandler<int>((number, _) =>
        {
            handled.Add(number);
            return ValueTask.CompletedTask;
        }) with
        {
            Mailbox = new MailboxOptions<int> { Lanes = new MailboxLanes<int>(2, number => number) },
            Supervision = RestartAtOnce,
        });
        actor.Tell(7);
        actor.Tell(1);
        Assert.Equal(1, await handled.NextAsync());
        var cause = Assert.IsType<MessageAdaptationException>((await Events.Failed.NextAsync()).Cause);
        Assert.Equal(7, cause.Original);
    }

    [Fact]
    public async Task A_message_to_a_stopped_actor_is_a_dead_letter()
    {
        var (actor, _) = SpawnProbe<string>("gone");
        await System.StopAsync(actor).Within();
        actor.Tell("told");
        await actor.TellAsync("told and awaited");
        foreach (var message in (string[])["told", "told and awaited"])
        {
            var letter = await Events.DeadLetters.NextAsync();
            Assert.Equal(
                (actor.Path, message, DeadLetterReason.RecipientStopped), (letter.Recipient, letter.Message, letter.Reason));
        }
    }

    [Fact]
    public async Task An_observer_hears_nothing_after_it_left()
    {
        var (actor, _) = SpawnProbe<string>();
        await System.StopAsync(actor).Within();
        var late = new EventLog();
        using (System.Subscribe(late))
        {
            actor.Tell("heard");
        }

        actor.Tell("unheard");
        Assert.Equal(["heard"], late.DeadLetters.TakeAll().Select(letter => letter.Message));
    }

    /// <summary>An actor that holds message 0 in hand until it is released.</summary>
    private async Task<(IActorRef<int> Actor, TaskCompletionSource Release, Received<int> Handled)> SpawnBusyAsync(
        MailboxOptions<int> mailbox)
    {
        var begun = new Received<int>();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handled = new Received<int>();
        var actor = System.Spawn(ActorProps.FromHandler<int>(async (number, _) =>
        {
            begun.Add(number);
            await release.Task;
            handled.Add(number);
        }) with
        { Mailbox = mailbox });
        actor.Tell(0);
        await begun.NextAsync();
        return (actor, release, handled);
    }
}

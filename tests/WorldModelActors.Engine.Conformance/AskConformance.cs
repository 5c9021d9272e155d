namespace WorldModelActors.Engine.Conformance;

/// <summary>Request and reply.</summary>
public abstract class AskConformance : EngineConformance
{
    protected sealed record Question(int Number, IActorRef<int> ReplyTo);

    [Fact]
    public async Task A_reply_completes_the_ask()
    {
        var actor = SpawnDoubler();
        Assert.Equal(42, await actor.Ask<int>(reply => new Question(21, reply), Seconds(1)).Within());
        Assert.Equal(0, Clock.PendingTimers);
    }

    [Fact]
    public async Task Many_asks_at_once_get_their_own_replies()
    {
        var actor = SpawnDoubler();
        var replies = await Task.WhenAll(Enumerable.Range(0, 500).Select(
            number => actor.Ask<int>(reply => new Question(number, reply), Seconds(1)))).Within();
        Assert.Equal(Enumerable.Range(0, 500).Select(number => 2 * number), replies);
    }

    [Fact]
    public async Task Without_a_reply_the_error_names_actor_message_and_time()
    {
        var (actor, received) = SpawnProbe<Question>("silent");
        var ask = actor.Ask<int>(reply => new Question(1, reply), Seconds(5));
        var question = await received.NextAsync();
        Clock.Advance(Milliseconds(4999));
        Assert.False(ask.IsCompleted);
        Clock.Advance(Milliseconds(1));
        var error = await Assert.ThrowsAsync<AskTimeoutException>(() => ask.Within());
        Assert.Equal("/silent did not answer Question within 5 s", error.Message);
        Assert.Equal((actor.Path, typeof(Question), Seconds(5)), (error.Actor, error.MessageType, error.Timeout));

        question.ReplyTo.Tell(7);
        var letter = await Events.DeadLetters.NextAsync();
        Assert.Equal((7, DeadLetterReason.ReplyUnexpected), (letter.Message, letter.Reason));
    }

    [Fact]
    public async Task Only_the_first_reply_counts()
    {
        var actor = System.Spawn(ActorProps.FromHandler<Question>((question, _) =>
        {
            question.ReplyTo.Tell(1);
            question.ReplyTo.Tell(2);
            return ValueTask.CompletedTask;
        }));
        Assert.Equal(1, await actor.Ask<int>(reply => new Question(0, reply), Seconds(1)).Within());
        Assert.Equal(2, (await Events.DeadLetters.NextAsync()).Message);
    }

    [Fact]
    public async Task An_actor_that_has_stopped_fails_the_ask_at_once()
    {
        var actor = SpawnDoubler();
        await System.StopAsync(actor).Within();
        var error = await Assert.ThrowsAsync<AskTargetStoppedException>(
            () => actor.Ask<int>(reply => new Question(1, reply), Seconds(1)).Within());
        Assert.Contains("Question", error.Message, StringComparison.Ordinal);
        Assert.IsType<Question>((await Events.DeadLetters.NextAsync()).Message);
    }

    [Fact]
    public async Task An_actor_that_stops_before_it_replies_fails_the_ask()
    {
        var (actor, received) = SpawnProbe<Question>();
        var ask = actor.Ask<int>(reply => new Question(1, reply), Timeout.InfiniteTimeSpan);
        await received.NextAsync();
        await System.StopAsync(actor).Within();
        await Assert.ThrowsAsync<AskTargetStoppedException>(() => ask.Within());
    }

    [Fact]
    public async Task An_actor_that_fails_for_good_fails_the_ask_with_the_cause()
    {
        var actor = System.Spawn(
            ActorProps.FromHandler<Question>((_, _) => throw new ScriptedFailure("broken")) with
            { Supervision = SupervisionStrategy.Stop });
        var error = await Assert.ThrowsAsync<AskTargetStoppedException>(
            () => actor.Ask<int>(reply => new Question(1, reply), Seconds(1)).Within());
        Assert.Equal("broken", error.InnerException?.Message);
    }

    [Fact]
    public async Task An_ask_can_be_cancelled()
    {
        var (actor, received) = SpawnProbe<Question>();
        using var cancellation = new CancellationTokenSource();
        var ask = actor.Ask<int>(reply => new Question(1, reply), Seconds(5), cancellation.Token);
        await received.NextAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ask.Within());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => actor.Ask<int>(reply => new Question(1, reply), Seconds(5), cancellation.Token).Within());
    }

    [Fact]
    public async Task The_wait_for_space_counts_into_the_time()
    {
        var begun = new Received<int>();
        var gate = new TaskCompletionSource();
        var actor = System.Spawn(ActorProps.FromHandler<Question>(async (_, _) =>
        {
            begun.Add(0);
            await gate.Task;
        }) with
        { Mailbox = MailboxOptions<Question>.Bounded(1) });
        var nobody = SpawnProbe<int>().Ref;
        actor.Tell(new Question(0, nobody));
        await begun.NextAsync();
        actor.Tell(new Question(0, nobody));
        var ask = actor.Ask<int>(reply => new Question(1, reply), Seconds(5));
        Clock.Advance(Seconds(5));
        await Assert.ThrowsAsync<AskTimeoutException>(() => ask.Within());
        gate.SetResult();
    }

    [Fact]
    public async Task An_actor_can_ask_another_in_its_handler()
    {
        var doubler = SpawnDoubler();
        var asker = System.Spawn(ActorProps.FromHandler<Question>(async (question, _) =>
            question.ReplyTo.Tell(1 + await doubler.Ask<int>(reply => new Question(question.Number, reply), Seconds(1)))));
        Assert.Equal(11, await asker.Ask<int>(reply => new Question(5, reply), Seconds(1)).Within());
    }

    [Fact]
    public async Task An_ask_must_allow_some_time()
    {
        var actor = SpawnDoubler();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => actor.Ask<int>(reply => new Question(1, reply), TimeSpan.Zero));
    }

    private IActorRef<Question> SpawnDoubler() => System.Spawn(ActorProps.FromHandler<Question>((question, _) =>
    {
        question.ReplyTo.Tell(2 * question.Number);
        return ValueTask.CompletedTask;
    }));
}

namespace WorldModelActors.Engine.Conformance;

/// <summary>Message adapters and piped tasks.</summary>
public abstract class AdapterConformance : EngineConformance
{
    [Fact]
    public async Task An_adapter_turns_replies_into_own_messages()
    {
        var worker = System.Spawn(ActorProps.FromHandler<(int Number, IActorRef<int> ReplyTo)>((work, _) =>
        {
            work.ReplyTo.Tell(work.Number * work.Number);
            return ValueTask.CompletedTask;
        }));
        var received = new Received<string>();
        System.Spawn(ActorProps.Create(() => new ScriptedActor<string>
        {
            OnPreStart = context =>
            {
                var replies = context.Adapt<int>(square => $"square {square}");
                Assert.Equal(context.Self.Path, replies.Path);
                worker.Tell((3, replies));
                worker.Tell((4, replies));
                return ValueTask.CompletedTask;
            },
            OnReceive = (message, _) =>
            {
                received.Add(message);
                return ValueTask.CompletedTask;
            },
        }));
        Assert.Equal(["square 9", "square 16"], await received.NextAsync(2));
    }

    [Fact]
    public async Task An_adapter_obeys_the_mailbox_and_outlives_restarts()
    {
        var adapters = new Received<IActorRef<int>>();
        var received = new Received<string>();
        var begun = new Received<int>();
        var release = new TaskCompletionSource();
        var actor = System.Spawn(ActorProps.FromHandler<string>(async (message, context) =>
        {
            switch (message)
            {
                case "adapt":
                    adapters.Add(context.Adapt<int>(number => $"number {number}"));
                    break;
                case "fail":
                    begun.Add(0);
                    await release.Task;
                    throw new ScriptedFailure("boom");
                default:
                    received.Add(message);
                    break;
            }
        }) with
        { Supervision = RestartAtOnce, Mailbox = MailboxOptions<string>.Bounded(1) });
        actor.Tell("adapt");
        var adapter = await adapters.NextAsync();
        await actor.TellAsync("fail");
        await begun.NextAsync();
        adapter.Tell(1);
        Assert.Throws<MailboxFullException>(() => adapter.Tell(2));
        var waiting = adapter.TellAsync(3).AsTask();
        release.SetResult();
        await waiting.Within();
        Assert.Equal(["number 1", "number 3"], await received.NextAsync(2));
        await System.StopAsync(actor).Within();
        adapter.Tell(4);
        Assert.Equal("number 4", (await Events.DeadLetters.NextAsync()).Message);
    }

    [Fact]
    public async Task An_adapter_that_throws_is_the_receivers_failure()
    {
        var adapters = new Received<IActorRef<int>>();
        System.Spawn(
            ActorProps.Create(() => new ScriptedActor<string>
            {
                OnPreStart = context =>
                {
                    adapters.Add(context.Adapt<int>(_ => throw new ScriptedFailure("no such number")));
                    return ValueTask.CompletedTask;
                },
                OnReceive = (_, _) => ValueTask.CompletedTask,
            }) with
            { Supervision = RestartAtOnce },
            "receiver");
        (await adapters.NextAsync()).Tell(5);
        var cause = Assert.IsType<MessageAdaptationException>((await Events.Failed.NextAsync()).Cause);
        Assert.Equal(5, cause.Original);
        Assert.Equal("/receiver could not take a Int32: no such number", cause.Message);
    }

    [Fact]
    public async Task The_end_of_an_adapters_actor_can_be_watched()
    {
        var adapters = new Received<IActorRef<int>>();
        var actor = System.Spawn(ActorProps.Create(() => new ScriptedActor<string>
        {
            OnPreStart = context =>
            {
                adapters.Add(context.Adapt<int>(number => number.ToString(global::System.Globalization.CultureInfo.InvariantCulture)));
                return ValueTask.CompletedTask;
            },
            OnReceive = (_, _) => ValueTask.CompletedTask,
        }));
        var adapter = await adapters.NextAsync();
        var ends = new Received<Terminated>();
        System.Spawn(ActorProps.Create(() => new ScriptedActor<Terminated>
        {
            OnPreStart = context =>
            {
                context.Watch(adapter, terminated => terminated);
                return ValueTask.CompletedTask;
            },
            OnReceive = (terminated, _) =>
            {
                ends.Add(terminated);
                return ValueTask.CompletedTask;
            },
        }));
        await System.StopAsync(actor).Within();
        Assert.Same(adapter, (await ends.NextAsync()).Actor);
    }

    [Fact]
    public async Task A_piped_task_does_not_hold_up_the_actor()
    {
        var work = new TaskCompletionSource<int>();
        var received = new Received<string>();
        var actor = System.Spawn(ActorProps.FromHandler<string>((message, context) =>
        {
            if (message == "start")
            {
                context.PipeToSelf(work.Task, result => $"result {result}", cause => $"failed: {cause.Message}");
            }

            received.Add(message);
            return ValueTask.CompletedTask;
        }));
        actor.Tell("start");
        actor.Tell("meanwhile");
        Assert.Equal(["start", "meanwhile"], await received.NextAsync(2));
        work.SetResult(7);
        Assert.Equal("result 7", await received.NextAsync());
    }

    [Fact]
    public async Task A_piped_failure_arrives_as_a_message()
    {
        var received = new Received<string>();
        var actor = System.Spawn(ActorProps.FromHandler<string>((message, context) =>
        {
            switch (message)
            {
                case "fail":
                    context.PipeToSelf(
                        Task.FromException<int>(new ScriptedFailure("boom")), _ => "never", cause => $"failed: {cause.Message}");
                    break;
                case "cancel":
                    context.PipeToSelf(
                        Task.FromCanceled<int>(new CancellationToken(true)), _ => "never", cause => cause.GetType().Name);
                    break;
                default:
                    received.Add(message);
                    break;
            }

            return ValueTask.CompletedTask;
        }));
        actor.Tell("fail");
        Assert.Equal("failed: boom", await received.NextAsync());
        actor.Tell("cancel");
        Assert.Equal("TaskCanceledException", await received.NextAsync());
    }
}

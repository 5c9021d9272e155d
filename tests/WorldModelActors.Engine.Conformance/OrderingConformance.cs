namespace WorldModelActors.Engine.Conformance;

/// <summary>One message at a time, in the order of each sender.</summary>
public abstract class OrderingConformance : EngineConformance
{
    [Fact]
    public async Task Messages_of_each_sender_arrive_in_the_order_of_sending()
    {
        const int senders = 4;
        const int each = 2000;
        var (target, received) = SpawnProbe<(int Sender, int Number)>();
        await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                target.Tell((sender, i));
            }
        })));

        var next = new int[senders];
        foreach (var (sender, number) in await received.NextAsync(senders * each))
        {
            Assert.Equal(next[sender]++, number);
        }
    }

    [Fact]
    public async Task Order_holds_where_senders_wait_for_space()
    {
        const int senders = 3;
        const int each = 500;
        var received = new Received<(int Sender, int Number)>();
        var target = System.Spawn(ActorProps.FromHandler<(int, int)>(async (message, _) =>
        {
            await Task.Yield();
            received.Add(message);
        }) with
        { Mailbox = MailboxOptions<(int, int)>.Bounded(2) });
        await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                await target.TellAsync((sender, i));
            }
        }))).Within();

        var next = new int[senders];
        foreach (var (sender, number) in await received.NextAsync(senders * each))
        {
            Assert.Equal(next[sender]++, number);
        }
    }

    [Fact]
    public async Task Messages_of_an_actor_arrive_in_order()
    {
        var (target, received) = SpawnProbe<int>();
        var source = System.Spawn(ActorProps.FromHandler<int>((count, _) =>
        {
            for (var i = 0; i < count; i++)
            {
                target.Tell(i);
            }

            return ValueTask.CompletedTask;
        }));
        source.Tell(1000);
        Assert.Equal(Enumerable.Range(0, 1000), await received.NextAsync(1000));
    }

    [Theory]
    [InlineData(ActorThread.Pool)]
    [InlineData(ActorThread.Dedicated)]
    public async Task A_handler_is_finished_before_the_next_begins(ActorThread thread)
    {
        const int messages = 500;
        var inside = 0;
        var received = new Received<int>();
        var target = System.Spawn(ActorProps.FromHandler<int>(async (number, _) =>
        {
            var alone = Interlocked.Increment(ref inside) == 1;
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            received.Add(alone ? number : -1);
        }) with
        { Thread = thread });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < messages; i++)
            {
                target.Tell(1);
            }
        })));
        Assert.All(await received.NextAsync(4 * messages), number => Assert.Equal(1, number));
    }

    [Fact]
    public async Task What_one_handler_wrote_the_next_one_sees()
    {
        var sum = 0;
        var target = System.Spawn(ActorProps.FromHandler<(int Add, IActorRef<int> ReplyTo)>(async (message, _) =>
        {
            sum += message.Add;
            await Task.Yield();
            message.ReplyTo.Tell(sum);
        }));
        var expected = 0;
        for (var i = 1; i <= 200; i++)
        {
            expected += i;
            var add = i;
            Assert.Equal(expected, await target.Ask<int>(reply => (add, reply), Seconds(1)).Within());
        }
    }

    [Fact]
    public async Task A_message_to_oneself_comes_after_those_that_wait()
    {
        var received = new Received<string>();
        var gate = new TaskCompletionSource();
        var target = System.Spawn(ActorProps.FromHandler<string>(async (message, context) =>
        {
            if (message == "first")
            {
                await gate.Task;
                context.Self.Tell("own");
            }

            received.Add(message);
        }));
        target.Tell("first");
        target.Tell("second");
        gate.SetResult();
        Assert.Equal(["first", "second", "own"], await received.NextAsync(3));
    }

    [Fact]
    public async Task A_thousand_actors_pass_a_token_round_a_ring()
    {
        const int actors = 1000;
        var done = new Received<int>();
        IActorRef<int> next = SpawnProbe<int>("end").Ref;
        var first = next;
        for (var i = 0; i < actors; i++)
        {
            var to = first;
            first = System.Spawn(ActorProps.FromHandler<int>((token, _) =>
            {
                if (to == next)
                {
                    done.Add(token + 1);
                }
                else
                {
                    to.Tell(token + 1);
                }

                return ValueTask.CompletedTask;
            }));
        }

        first.Tell(0);
        Assert.Equal(actors, await done.NextAsync());
    }
}

using WorldModelActors.Engine;
using WorldModelActors.Engine.Akka;
using WorldModelActors.Reliability;
using WorldModelActors.Reliability.Tests;

namespace WorldModelActors.Cluster.Tests;

/// <summary>Actors of the port watch actors of other processes, here one of a node's.</summary>
public sealed class DeathWatchTests(Demo demo)
{
    [Theory]
    [InlineData("in good order", Signal.Terminate)]
    [InlineData("killed", Signal.Kill)]
    public async Task The_end_of_an_actor_in_another_process_is_told(string how, Signal signal)
    {
        await using var scenario = await Scenario.EmptyAsync(demo);
        var seat = ClusterSeat.OnLoopback(1)[0];
        var node = scenario.Place.StartNode(how, seat);
        await node.LineAsync("1 member", scenario.Stop);
        await using var system = new AkkaEngine("akka { loglevel = OFF, actor.provider = remote, remote.watch-failure-detector.acceptable-heartbeat-pause = 3 s }").Start(new ActorSystemOptions());
        var other = (await system.ToAkka().ActorSelection($"akka.tcp://{ClusterOptions.SystemName}@{seat.Address}/user/membership").ResolveOne(TimeSpan.FromSeconds(30), scenario.Stop)).ToPort<object>(system);
        var ended = new TaskCompletionSource<Terminated>();
        var watcher = system.Spawn(ActorProps.FromHandler<object>((message, context) =>
        {
            if (message is Terminated terminated)
            {
                ended.SetResult(terminated);
            }
            else
            {
                context.Watch(other, end => end);
                ((IActorRef<bool>)message).Tell(true);
            }

            return ValueTask.CompletedTask;
        }));
        await watcher.Ask<bool>(reply => reply, Timeout.InfiniteTimeSpan, scenario.Stop);
        Assert.False(ended.Task.IsCompleted);

        node.Send(signal);
        var told = await ended.Task.WaitAsync(scenario.Stop);
        Assert.Same(other, told.Actor);
        Assert.Null(told.Cause);
        await node.EndAsync(scenario.Stop);
    }
}

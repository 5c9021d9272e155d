namespace WorldModelActors.Engine.Conformance;

/// <summary>
/// A fresh system on a manual clock for each test, stopped at its end. An engine passes the kit when its test project derives one
/// class from each abstract class here and every test is green.
/// </summary>
public abstract class EngineConformance : IAsyncLifetime
{
    private ActorSystem? _system;

    /// <summary>The engine under test.</summary>
    protected abstract IActorEngine Engine { get; }

    /// <summary>The clock of <see cref="System"/>.</summary>
    protected ManualClock Clock { get; } = new();

    /// <summary>What <see cref="System"/> reports.</summary>
    protected EventLog Events { get; } = new();

    /// <summary>The system of this test.</summary>
    protected ActorSystem System => _system ?? throw new InvalidOperationException("the system starts with the test");

    public ValueTask InitializeAsync()
    {
        _system = Engine.Start(new ActorSystemOptions { Name = "conformance", Time = Clock, Events = [Events] });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await System.StopAsync().Within();
        Assert.Equal(0, System.LiveActors);
        GC.SuppressFinalize(this);
    }

    /// <summary>An actor that hands every message to the test.</summary>
    protected (IActorRef<T> Ref, Received<T> Received) SpawnProbe<T>(string? name = null)
        where T : notnull
    {
        var received = new Received<T>();
        var probe = System.Spawn(
            ActorProps.FromHandler<T>((message, _) =>
            {
                received.Add(message);
                return ValueTask.CompletedTask;
            }),
            name);
        return (probe, received);
    }

    /// <summary>Restart at once, as often as it takes.</summary>
    protected static SupervisionStrategy RestartAtOnce { get; } =
        SupervisionStrategy.Restart(TimeSpan.Zero, TimeSpan.Zero, int.MaxValue, Timeout.InfiniteTimeSpan);

    /// <summary>Seconds, for readable tests.</summary>
    protected static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>Milliseconds, for readable tests.</summary>
    protected static TimeSpan Milliseconds(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}

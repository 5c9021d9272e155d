using WorldModelActors.Engines;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli.Tests;

/// <summary>An engine that this build does not have is one line that says what to do.</summary>
public class EngineChoiceTests
{
    [Fact]
    public void TheEmbeddedEngineIsAlwaysThere() => Assert.Equal("embedded", EngineOf("embedded").Name);

    [Fact]
    public void AkkaIsThereInBuildsThatHaveIt()
    {
        if (ActorEngines.Built.Any(engine => engine.Name == "akka"))
        {
            Assert.Equal("akka", EngineOf("akka").Name);
            return;
        }

        var refusal = Assert.Throws<UsageException>(() => EngineOf("akka"));
        Assert.StartsWith("--engine akka: the engine 'akka' is not in this build: build with -p:Engine=akka", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownNameIsRefused() =>
        Assert.Equal("there is no engine 'orleans': use embedded or akka", Assert.Throws<EngineNotBuiltException>(() => ActorEngines.Named("orleans")).Message);

    private static Engine.IActorEngine EngineOf(string name) =>
        WmaSettings.Load([HoconConfig.Parse($"wma.engine.kind = {name}", "test")], _ => null).Engine.ToEngine();
}

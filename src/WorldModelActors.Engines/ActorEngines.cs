using WorldModelActors.Engine;

namespace WorldModelActors.Engines;

/// <summary>The engines of this build, by the names that settings use.</summary>
public static class ActorEngines
{
    /// <summary>Names of all engines, built or not.</summary>
    public static IReadOnlyList<string> Names { get; } = ["embedded", "akka"];

    /// <summary>What this build has.</summary>
    public static IReadOnlyList<IActorEngine> Built { get; } = [EmbeddedEngine.Instance, .. PackageEngines.All];

    /// <summary>The engine that <c>WMA_ENGINE</c> names, or the embedded one: for tests and benchmarks, which have no settings.</summary>
    /// <exception cref="EngineNotBuiltException">This build does not have it.</exception>
    public static IActorEngine FromEnvironment { get; } =
        Named(Environment.GetEnvironmentVariable("WMA_ENGINE") is { Length: > 0 } name ? name : EmbeddedEngine.Instance.Name);

    /// <summary>The engine of a name.</summary>
    /// <exception cref="EngineNotBuiltException">This build does not have it.</exception>
    public static IActorEngine Named(string name) =>
        Built.FirstOrDefault(engine => engine.Name == name) ?? throw new EngineNotBuiltException(name);
}

/// <summary>An engine is asked for that this build does not have.</summary>
public sealed class EngineNotBuiltException(string name) : EngineException(
    ActorEngines.Names.Contains(name)
        ? $"the engine '{name}' is not in this build: build with -p:Engine={name} where its packages restore, or start ./wma with WMA_ENGINE={name} (docs/engines.md)"
        : $"there is no engine '{name}': use {string.Join(" or ", ActorEngines.Names)}")
{
    /// <summary>Its name.</summary>
    public string Engine { get; } = name;
}

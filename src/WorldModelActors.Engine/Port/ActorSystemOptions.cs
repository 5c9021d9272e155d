namespace WorldModelActors.Engine;

/// <summary>What an engine needs to start a system.</summary>
public sealed record ActorSystemOptions
{
    /// <summary>Name for logs.</summary>
    public string Name { get; init; } = "wma";

    /// <summary>The clock of timers, back-off and time-outs.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Observers from the first event on.</summary>
    public IReadOnlyList<IEngineEvents> Events { get; init; } = [];
}

/// <summary>A way to run actors: in this process, or on another actor library.</summary>
public interface IActorEngine
{
    /// <summary>Name as users write it in settings, for example <c>embedded</c>.</summary>
    string Name { get; }

    /// <summary>Starts an empty system.</summary>
    ActorSystem Start(ActorSystemOptions options);
}

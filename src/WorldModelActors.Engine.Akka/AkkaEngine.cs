namespace WorldModelActors.Engine.Akka;

/// <summary>Actors on Akka.NET, tuned in hocon/akka.conf. Each system of the port has an Akka system of its own, unless it is given one.</summary>
public sealed class AkkaEngine : IActorEngine
{
    private readonly string[] _overrides;

    /// <summary>An engine whose systems use hocon/akka.conf with changes.</summary>
    /// <param name="overrides">HOCON, most important first.</param>
    public AkkaEngine(params IEnumerable<string> overrides)
    {
        ArgumentNullException.ThrowIfNull(overrides);
        _overrides = [.. overrides];
    }

    /// <summary>The engine with hocon/akka.conf as it is: no remoting.</summary>
    public static AkkaEngine Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "akka";

    /// <inheritdoc/>
    public ActorSystem Start(ActorSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return On(AkkaSystems.Create(NativeName(options.Name), AkkaConfiguration.Load(_overrides)), options);
    }

    /// <summary>A tree of the port's actors in an Akka system that exists, for example a cluster's node. They end together.</summary>
    /// <param name="akka">Made with <see cref="AkkaConfiguration.Load"/>; has no such tree yet.</param>
    /// <param name="options">As for <see cref="Start"/>; the name is only that of the tree.</param>
    public static ActorSystem On(Native.ActorSystem akka, ActorSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(akka);
        ArgumentNullException.ThrowIfNull(options);
        return new AkkaActorSystem(akka, options);
    }

    /// <summary>Akka's names are stricter than the port's.</summary>
    private static string NativeName(string name)
    {
        var legal = string.Concat(name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')).TrimStart('-', '_');
        return legal.Length > 0 ? legal : "wma";
    }
}

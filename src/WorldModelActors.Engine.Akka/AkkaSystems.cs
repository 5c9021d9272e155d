using Akka.Actor.Setup;
using Akka.Configuration;

namespace WorldModelActors.Engine.Akka;

/// <summary>Makes Akka systems as hocon/akka.conf says.</summary>
public static class AkkaSystems
{
    /// <summary>Starts an Akka system; encrypted where <c>wma.akka.tls</c> names certificates.</summary>
    /// <param name="name">Letters, digits, hyphens.</param>
    /// <param name="config">From <see cref="AkkaConfiguration.Load"/>.</param>
    public static Native.ActorSystem Create(string name, Config config)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(config);
        if (AkkaTls.From(config) is not { } tls)
        {
            return Native.ActorSystem.Create(name, config);
        }

        var encrypted = ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp.enable-ssl = on").WithFallback(config);
        return Native.ActorSystem.Create(name, ActorSystemSetup.Create(Native.BootstrapSetup.Create().WithConfig(encrypted), tls.ToSetup()));
    }
}

using System.Reflection;
using Akka.Configuration;

namespace WorldModelActors.Engine.Akka;

/// <summary>The settings of Akka.NET itself: hocon/akka.conf of the repository, which travels inside the assembly.</summary>
public static class AkkaConfiguration
{
    private static readonly Lazy<string> BuiltInTextLazy = new(Read);

    /// <summary>The text of hocon/akka.conf.</summary>
    public static string BuiltInText => BuiltInTextLazy.Value;

    /// <summary>hocon/akka.conf with <paramref name="overrides"/> on top, above Akka's own defaults.</summary>
    /// <param name="overrides">HOCON, most important first.</param>
    public static Config Load(params IEnumerable<string> overrides)
    {
        ArgumentNullException.ThrowIfNull(overrides);
        var config = overrides
            .Where(text => !string.IsNullOrWhiteSpace(text))
            .Select(text => ConfigurationFactory.ParseString(text))
            .Aggregate(Config.Empty, (above, below) => above.WithFallback(below));
        return config.WithFallback(ConfigurationFactory.ParseString(OfEnvironment())).WithFallback(ConfigurationFactory.ParseString(BuiltInText));
    }

    /// <summary>
    /// What the environment says about certificates. Not as <c>key = ${?NAME}</c> in the file: Akka's reader makes a circle of a key that has a value
    /// and a substitution, and whoever merges the whole configuration (an actor with a stash does) never comes back.
    /// </summary>
    private static string OfEnvironment() => string.Join('\n', new[] { "certificate", "key", "authority" }
        .Select(key => (key, Value: Environment.GetEnvironmentVariable("WMA_AKKA_" + key.ToUpperInvariant())))
        .Where(item => !string.IsNullOrEmpty(item.Value))
        .Select(item => $"wma.akka.tls.{item.key} = \"{item.Value!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));

    private static string Read()
    {
        const string name = "hocon/akka.conf";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is missing in the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

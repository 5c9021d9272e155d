namespace WorldModelActors.Settings.Tests;

/// <summary>Short forms for tests.</summary>
internal static class Hocon
{
    /// <summary>Reads text with an environment of its own.</summary>
    public static HoconConfig Read(string text, params (string Name, string Value)[] environment) =>
        HoconConfig.Parse(text, "test.conf", name => environment.FirstOrDefault(it => it.Name == name).Value);

    /// <summary>The error that reading and resolving the text ends with.</summary>
    public static HoconException Error(string text) => Assert.Throws<HoconException>(() => Read(text).Resolve());
}

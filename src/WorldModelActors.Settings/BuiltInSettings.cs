using System.Reflection;

namespace WorldModelActors.Settings;

/// <summary>The settings that come with wma; the files of <c>hocon/</c> in the repository.</summary>
public static class BuiltInSettings
{
    private static readonly Lazy<string> ReferenceLazy = new(() => Read("reference"));

    /// <summary>The text of reference.conf: every setting, documented, with its default.</summary>
    public static string ReferenceText => ReferenceLazy.Value;

    /// <summary>Every setting with its default.</summary>
    public static HoconConfig Reference(Func<string, string?>? environment = null) =>
        HoconConfig.Parse(ReferenceText, "hocon/reference.conf", environment);

    /// <summary>A set of changes to the defaults, for example <c>demo</c>.</summary>
    /// <exception cref="HoconException">There is none of that name.</exception>
    public static HoconConfig Overlay(string name, Func<string, string?>? environment = null) =>
        HoconConfig.Parse(Read(name), $"hocon/{name}.conf", environment);

    private static string Read(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream($"hocon/{name}.conf");
        if (stream is null)
        {
            var names = assembly.GetManifestResourceNames()
                .Where(it => it.StartsWith("hocon/", StringComparison.Ordinal))
                .Select(it => Path.GetFileNameWithoutExtension(it))
                .Where(it => it != "reference")
                .Order(StringComparer.Ordinal);
            throw new HoconException($"there are no built-in settings '{name}': use {string.Join(" or ", names)}");
        }

        using var reader = new StreamReader(stream, HoconEncoding.Strict);
        return reader.ReadToEnd();
    }
}

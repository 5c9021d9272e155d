namespace WorldModelActors.Settings;

/// <summary>Texts that must not be empty.</summary>
internal static class SettingTexts
{
    public static string? Optional(HoconConfig config, string path) =>
        config.GetStringOrNull(path) is not { } text
            ? null
            : text.Length > 0 ? text : throw config.Wrong(path, "a text that is not empty, or null");

    /// <summary>A path of the file system, as written.</summary>
    public static string? OptionalPath(HoconConfig config, string path) =>
        config.Has(path) ? RequiredPath(config, path) : null;

    /// <summary>A path of the file system, as written.</summary>
    public static string RequiredPath(HoconConfig config, string path)
    {
        var text = config.GetString(path);
        return text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal) ? text : throw config.Wrong(path, "a path");
    }
}

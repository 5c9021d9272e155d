namespace WorldModelActors.Settings;

/// <summary>
/// Settings given as command-line flags. They are checked like those of a file, and errors about them name the flag. A value that is null
/// (flag not given) changes nothing.
/// </summary>
public sealed class SettingOverrides
{
    private readonly ObjectSyntax _settings = new(default);

    /// <summary>Sets one value as the user wrote it.</summary>
    /// <param name="path">The key, for example <c>wma.sampler.ddim-steps</c>.</param>
    /// <param name="flag">How errors call it, for example <c>--ddim-steps</c>.</param>
    /// <param name="value">The text; null changes nothing.</param>
    public SettingOverrides Set(string path, string flag, string? value)
    {
        if (value is not null)
        {
            var origin = HoconOrigin.Of(flag);
            _settings.Assign(HoconPath.Parse(path), new ScalarSyntax(value, isNull: false, origin), origin);
        }

        return this;
    }

    /// <summary>Sets a switch.</summary>
    public SettingOverrides Set(string path, string flag, bool? value) =>
        Set(path, flag, value is { } on ? (on ? "on" : "off") : null);

    /// <summary>Sets an array; null or an empty list changes nothing.</summary>
    public SettingOverrides SetList(string path, string flag, IReadOnlyList<string>? values)
    {
        if (values is { Count: > 0 })
        {
            var origin = HoconOrigin.Of(flag);
            List<HoconSyntax> items = [.. values.Select(value => new ScalarSyntax(value, isNull: false, origin))];
            _settings.Assign(HoconPath.Parse(path), new ArraySyntax(items, origin), origin);
        }

        return this;
    }

    /// <summary>The settings made so far.</summary>
    public HoconConfig ToConfig()
    {
        var copy = new ObjectSyntax(default);
        copy.MergeNewer(_settings);
        return HoconConfig.FromSyntax(copy);
    }
}

using System.Globalization;
using System.Text.Json;

namespace WorldModelActors.Verify;

/// <summary>Parameters of a recorded run, from the index or from the file's own metadata.</summary>
internal sealed class GoldenParameters(IReadOnlyDictionary<string, string> values)
{
    public static GoldenParameters None { get; } = new(new Dictionary<string, string>());

    public static GoldenParameters Of(JsonElement element) => new(element.EnumerateObject().ToDictionary(
        p => p.Name, p => p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText(), StringComparer.Ordinal));

    public string? Text(string name) => values.GetValueOrDefault(name);

    public int Integer(string name) => int.Parse(Required(name), CultureInfo.InvariantCulture);

    public double Number(string name, double? absent = null) =>
        absent is { } value && Text(name) is null ? value : double.Parse(Required(name), CultureInfo.InvariantCulture);

    /// <summary>JSON's or Python's spelling.</summary>
    public bool Flag(string name, bool absent) => Text(name) is { } text ? bool.Parse(text) : absent;

    public string Required(string name) => Text(name) ?? throw new VerifyException($"the parameter '{name}' is not recorded");
}

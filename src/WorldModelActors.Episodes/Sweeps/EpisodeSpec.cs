using System.Globalization;
using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>
/// What an episode of the store runs: a prompt, and every setting that decides what its frames look like. It is self-contained, so that
/// any node at any time, with any defaults of its own, makes the same frames.
/// </summary>
public sealed record EpisodeSpec
{
    /// <summary>Settings that a spec may hold: keys of hocon/reference.conf, or whole sections where they end in a dot.</summary>
    public static IReadOnlyList<string> SettingKeys { get; } =
    [
        "wma.model.", "wma.sampler.", "wma.media.", "wma.device.dtype", "wma.rollout.iterations", "wma.rollout.exe-steps", "wma.rollout.seed",
        "wma.rollout.zero-predicted-state", "wma.rollout.per-frame-autoencoder",
    ];

    /// <summary>The prompt directory, an absolute path.</summary>
    public required string Prompts { get; init; }

    /// <summary>Data set: name of the table in it.</summary>
    public required string Dataset { get; init; }

    /// <summary>The row of the table.</summary>
    public required string VideoId { get; init; }

    /// <summary>Recorded steps per step of the model.</summary>
    public required int FrameStride { get; init; }

    /// <summary>0 for the first run of these settings; each repetition has noises of its own.</summary>
    public int Repeat { get; init; }

    /// <summary>Values by key (<c>wma.sampler.ddim-steps</c>), as text; every key of <see cref="SettingKeys"/> that has a value.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Where it stands in the grid, for tables: short names (<c>ddim-steps</c>) and values; empty where there is no grid.</summary>
    public IReadOnlyDictionary<string, string> Variant { get; init; } = new Dictionary<string, string>();

    /// <summary>Name of the prompt, <c>dataset/videoid</c>.</summary>
    public string PromptName => $"{Dataset}/{VideoId}";

    /// <summary>
    /// Key of the noise beside the seed. The same as that of <c>wma rollout</c> for the same prompt, so that both give the same frames.
    /// </summary>
    public string NoiseName => Repeat == 0 ? PromptName : string.Create(CultureInfo.InvariantCulture, $"{PromptName}#{Repeat + 1}");

    /// <summary>Whether a spec may hold a setting.</summary>
    public static bool Allows(string key) => SettingKeys.Any(allowed => allowed[^1] == '.' ? key.StartsWith(allowed, StringComparison.Ordinal) : key == allowed);

    /// <summary>As JSON, for the store.</summary>
    public JsonObject ToJson() => new()
    {
        ["prompts"] = Prompts,
        ["dataset"] = Dataset,
        ["videoid"] = VideoId,
        ["frame_stride"] = FrameStride,
        ["repeat"] = Repeat,
        ["settings"] = ToJson(Settings),
        ["variant"] = ToJson(Variant),
    };

    /// <summary>Reads the JSON of the store.</summary>
    /// <exception cref="StoreException">It is none of this kind.</exception>
    public static EpisodeSpec FromJson(JsonObject spec)
    {
        try
        {
            var settings = FromJson(spec, "settings");
            return settings.Keys.FirstOrDefault(key => !Allows(key)) is { } foreign
                ? throw new StoreException($"the episode's spec holds the setting {foreign}, which does not belong to an episode")
                : new EpisodeSpec
                {
                    Prompts = (string)spec["prompts"]!,
                    Dataset = (string)spec["dataset"]!,
                    VideoId = (string)spec["videoid"]!,
                    FrameStride = (int)spec["frame_stride"]!,
                    Repeat = (int)spec["repeat"]!,
                    Settings = settings,
                    Variant = FromJson(spec, "variant"),
                };
        }
        catch (Exception cause) when (cause is InvalidOperationException or NullReferenceException or ArgumentNullException or FormatException)
        {
            throw new StoreException("the episode's spec cannot be read: a newer version of wma may have planned it", cause);
        }
    }

    private static JsonObject ToJson(IReadOnlyDictionary<string, string> values) =>
        [.. values.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))];

    private static Dictionary<string, string> FromJson(JsonObject spec, string name) =>
        spec[name]!.AsObject().ToDictionary(pair => pair.Key, pair => (string)pair.Value!, StringComparer.Ordinal);
}

namespace WorldModelActors.Settings;

/// <summary><c>wma.media</c></summary>
public sealed record MediaSettings
{
    /// <summary>Frames per second of the video.</summary>
    public required double Fps { get; init; }

    /// <summary>Four-character code of the encoder.</summary>
    public required string Codec { get; init; }

    /// <summary>Frames in a row of the contact sheet.</summary>
    public required int ContactSheetColumns { get; init; }

    /// <summary>Most frames on the contact sheet.</summary>
    public required int ContactSheetMaxFrames { get; init; }

    internal static MediaSettings Bind(HoconConfig config)
    {
        const string codec = "wma.media.codec";
        var code = config.GetString(codec);
        return new MediaSettings
        {
            Fps = config.GetDouble("wma.media.fps", 0.1, 1000),
            Codec = code.Length == 4 && code.All(c => c is >= ' ' and <= '~')
                ? code
                : throw config.Wrong(codec, "a four-character code such as mp4v"),
            ContactSheetColumns = config.GetInt("wma.media.contact-sheet.columns", 1, 256),
            ContactSheetMaxFrames = config.GetInt("wma.media.contact-sheet.max-frames", 1, 4096),
        };
    }
}

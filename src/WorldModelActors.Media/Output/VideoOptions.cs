namespace WorldModelActors.Media;

/// <summary>How the frames of an episode are kept.</summary>
public sealed record VideoOptions
{
    /// <summary>Frames per second of the videos.</summary>
    public double Fps { get; init; } = 8;

    /// <summary>Codec of the videos, four characters.</summary>
    public string Codec { get; init; } = "mp4v";

    /// <summary>Thumbnails in a row of the contact sheet.</summary>
    public int ContactSheetColumns { get; init; } = 8;

    /// <summary>Thumbnails of the contact sheet at most.</summary>
    public int ContactSheetTiles { get; init; } = 64;

    /// <summary>Larger frames are shrunk to this many pixels on their long side in the contact sheet.</summary>
    public int ContactSheetTileSide { get; init; } = 256;
}

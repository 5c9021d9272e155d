namespace WorldModelActors.Media;

/// <summary>A colour.</summary>
public readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    public static Rgb White { get; } = new(255, 255, 255);

    public static Rgb Black { get; } = new(0, 0, 0);

    /// <summary>A colour as <c>0xRRGGBB</c>.</summary>
    public static Rgb Of(int value) => new((byte)(value >> 16), (byte)(value >> 8), (byte)value);

    /// <summary>E.g. <c>#1f77b4</c>.</summary>
    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";
}

namespace WorldModelActors.Media;

/// <summary>The picture formats that are read and written.</summary>
public enum ImageFormat
{
    Png,
    Jpeg,
}

namespace WorldModelActors.Media;

/// <summary>Which input pixels, from <paramref name="First"/> on, make one output pixel, and with which weights.</summary>
internal readonly record struct ResampleWindow<TWeight>(int First, TWeight[] Weights)
    where TWeight : struct
{
    public int End => First + Weights.Length;
}

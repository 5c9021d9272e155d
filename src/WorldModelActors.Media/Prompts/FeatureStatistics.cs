namespace WorldModelActors.Media;

/// <summary>Per-dimension statistics of one feature of a data set, in robot units; null where the file lacks them.</summary>
/// <param name="Feature">The feature with its file, for error messages.</param>
/// <param name="Min">Smallest values [width].</param>
/// <param name="Max">Largest values [width].</param>
/// <param name="Mean">Mean values [width].</param>
/// <param name="Std">Standard deviations [width].</param>
public sealed record FeatureStatistics(string Feature, float[]? Min, float[]? Max, float[]? Mean = null, float[]? Std = null);

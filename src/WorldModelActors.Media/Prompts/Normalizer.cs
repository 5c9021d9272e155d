namespace WorldModelActors.Media;

/// <summary>
/// Normalisation of actions and states as the reference does it, in float32 and without clipping. The way back has no
/// epsilon, so it is not the exact inverse where maximum and minimum meet.
/// </summary>
public static class Normalizer
{
    private const float Epsilon = 1e-8f;

    /// <summary>
    /// Robot units to the network's range: <c>2 (x - min) / (max - min + 1e-8) - 1</c>, or <c>(x - mean) / (std + 1e-8)</c>.
    /// </summary>
    /// <param name="values">Rows [n, width], row by row.</param>
    /// <param name="statistics">Statistics of that width.</param>
    /// <param name="mode">Which of the two.</param>
    /// <param name="result">As many values; may be <paramref name="values"/> itself.</param>
    /// <exception cref="PromptDataException">The widths differ, or the statistics lack what the mode needs.</exception>
    public static void Normalize(ReadOnlySpan<float> values, FeatureStatistics statistics, NormalizationMode mode, Span<float> result)
    {
        var (low, high) = Bounds(values.Length, result.Length, statistics, mode);
        for (int i = 0, d = 0; i < values.Length; i++, d = d + 1 == low.Length ? 0 : d + 1)
        {
            result[i] = mode == NormalizationMode.MinMax
                ? ((values[i] - low[d]) / (high[d] - low[d] + Epsilon) * 2f) - 1f
                : (values[i] - low[d]) / (high[d] + Epsilon);
        }
    }

    /// <summary>
    /// The network's range to robot units: <c>(y + 1) / 2 (max - min) + min</c>, or <c>y std + mean</c>. Parameters as in
    /// <see cref="Normalize"/>.
    /// </summary>
    /// <exception cref="PromptDataException">The widths differ, or the statistics lack what the mode needs.</exception>
    public static void Unnormalize(ReadOnlySpan<float> values, FeatureStatistics statistics, NormalizationMode mode, Span<float> result)
    {
        var (low, high) = Bounds(values.Length, result.Length, statistics, mode);
        for (int i = 0, d = 0; i < values.Length; i++, d = d + 1 == low.Length ? 0 : d + 1)
        {
            result[i] = mode == NormalizationMode.MinMax
                ? ((values[i] + 1f) / 2f * (high[d] - low[d])) + low[d]
                : (values[i] * high[d]) + low[d];
        }
    }

    private static (float[] Low, float[] High) Bounds(int length, int resultLength, FeatureStatistics statistics, NormalizationMode mode)
    {
        if (length != resultLength)
        {
            throw new ArgumentException($"{length} values do not fill a result of {resultLength}.", nameof(resultLength));
        }

        var (low, high, names) = mode == NormalizationMode.MinMax
            ? (statistics.Min, statistics.Max, "min and max")
            : (statistics.Mean, statistics.Std, "mean and std");
        if (low is null || high is null)
        {
            throw new PromptDataException($"{statistics.Feature}: the statistics lack {names}.");
        }

        if (length % low.Length != 0)
        {
            throw new PromptDataException($"{statistics.Feature}: the statistics have {low.Length} dimensions and do not fit the data ({length} values).");
        }

        return (low, high);
    }
}

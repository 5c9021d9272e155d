namespace WorldModelActors.Models;

/// <summary>
/// Mask of the action branch: frame t sees the tokens of actions 0..t, so key j is shut out when j >= (t + 1) (keys / T), the
/// same for all heads and queries.
/// </summary>
internal static class ActionMask
{
    /// <summary>Additive mask [rows, 1, 1, keys] of 0 and -inf for frame-folded rows b T + t.</summary>
    public static Tensor Build(long rows, int frames, int keys, ScalarType type, Device device)
    {
        var perAction = keys / frames;
        var mask = new float[rows * keys];
        for (var row = 0L; row < rows; row++)
        {
            var seen = (int)((row % frames) + 1) * perAction;
            mask.AsSpan((int)(row * keys) + seen, keys - seen).Fill(float.NegativeInfinity);
        }

        return tensor(mask, [rows, 1, 1, keys], type, device);
    }
}

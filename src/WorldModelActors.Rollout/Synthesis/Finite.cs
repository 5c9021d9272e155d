namespace WorldModelActors.Rollout;

/// <summary>Looks for values that are not finite where they are; one number per row is copied to the host.</summary>
internal static class Finite
{
    /// <summary>For each row of tensors [N, ...]: whether all its values are finite.</summary>
    public static bool[] Rows(params ReadOnlySpan<Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var each = new Tensor[tensors.Length];
        // The largest magnitude: infinite or NaN where any value is.
        for (var i = 0; i < each.Length; i++)
            each[i] = tensors[i].flatten(1).abs().amax([1]).to(ScalarType.Float32);
        var largest = stack(each, 0).amax([0]).cpu();
        return Array.ConvertAll(largest.data<float>().ToArray(), float.IsFinite);
    }
}

namespace WorldModelActors.Torch;

/// <summary>
/// Scaled dot product attention: libtorch's own where it has one (2.0 and later; found out once), otherwise the shim's kernel for
/// float32 on the CPU, otherwise the same sum from matrix products.
/// </summary>
internal static class Sdpa
{
    internal static bool IsNative => Ops.scaled_dot_product_attention.Exists;

    internal static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal) =>
        IsNative
            ? Ops.scaled_dot_product_attention.Call(query, key, value, mask, 0.0, causal)
            : !causal && FitsKernel(query) && FitsKernel(key) && FitsKernel(value) && (mask is null || FitsKernel(mask))
                ? Ops.wma_attention.Call(query, key, value, mask)
                : Plain(query, key, value, mask, causal);

    private static bool FitsKernel(Tensor tensor) =>
        tensor.ndim == 4 && tensor.dtype == ScalarType.Float32 && tensor.device.type == DeviceType.CPU;

    internal static Tensor Plain(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
    {
        using var scope = NewDisposeScope();
        long queries = query.size(-2), keys = key.size(-2);
        var scale = 1.0 / Math.Sqrt(query.size(-1));
        var scores = query.mul(scale).matmul(key.transpose(-2, -1));
        if (causal)
        {
            var future = ones([queries, keys], ScalarType.Bool, query.device).triu(1);
            scores = scores.masked_fill(future, float.NegativeInfinity);
        }
        if (mask is not null)
            scores = mask.dtype == ScalarType.Bool ? scores.masked_fill(mask.logical_not(), float.NegativeInfinity) : scores.add(mask);
        return scores.softmax(-1).matmul(value).MoveToOuterDisposeScope();
    }
}

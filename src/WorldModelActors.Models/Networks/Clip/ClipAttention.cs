namespace WorldModelActors.Models;

/// <summary>
/// Multi-head self attention with one fused input projection (rows q, k, v in this order); keys <c>in_proj_weight</c>
/// [3 C, C], <c>in_proj_bias</c> [3 C], <c>out_proj.weight</c>, <c>out_proj.bias</c>.
/// </summary>
internal sealed class ClipAttention
{
    private readonly Tensor _inWeight;
    private readonly Tensor _inBias;
    private readonly LinearLayer _out;
    private readonly int _heads;
    private readonly int _width;

    public ClipAttention(IWeights weights, int width, int heads)
    {
        _width = width;
        _heads = heads;
        _inWeight = weights.Parameter("in_proj_weight", 3 * width, width);
        _inBias = weights.Parameter("in_proj_bias", 3 * width);
        _out = new LinearLayer(weights.Scope("out_proj"), width, width);
    }

    /// <summary>[N, L, C], additive mask [L, L] or none → [N, L, C].</summary>
    public Tensor Forward(Tensor x, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var (batch, length) = (x.size(0), x.size(1));
        var heads = F.linear(x, _inWeight, _inBias)
            .view(batch, length, 3, _heads, _width / _heads)
            .permute(2, 0, 3, 1, 4)
            .unbind(0);
        var attended = F.scaled_dot_product_attention(heads[0], heads[1], heads[2], mask);
        return _out.Forward(attended.transpose(1, 2).reshape(batch, length, _width)).MoveToOuterDisposeScope();
    }
}

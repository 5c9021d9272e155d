namespace WorldModelActors.Models;

/// <summary>
/// Multi-head self attention without mask. Keys <c>to_q, to_k, to_v</c> (no bias), <c>to_out.0</c>. Softmax scale 1/√dimHead.
/// </summary>
internal sealed class SelfAttention
{
    private readonly LinearLayer _toQ;
    private readonly LinearLayer _toK;
    private readonly LinearLayer _toV;
    private readonly LinearLayer _toOut;
    private readonly int _heads;

    public SelfAttention(IWeights weights, int channels, int heads)
    {
        _heads = heads;
        _toQ = new LinearLayer(weights.Scope("to_q"), channels, channels, bias: false);
        _toK = new LinearLayer(weights.Scope("to_k"), channels, channels, bias: false);
        _toV = new LinearLayer(weights.Scope("to_v"), channels, channels, bias: false);
        _toOut = new LinearLayer(weights.Scope("to_out.0"), channels, channels);
    }

    /// <summary>Queries', keys' and values' projections.</summary>
    internal IReadOnlyList<LinearLayer> Projections => [_toQ, _toK, _toV];

    internal LinearLayer Output => _toOut;

    internal int Heads => _heads;

    /// <summary>[N, L, C] → [N, L, C].</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var attended = F.scaled_dot_product_attention(
            AttentionHeads.Split(_toQ.Forward(x), _heads),
            AttentionHeads.Split(_toK.Forward(x), _heads),
            AttentionHeads.Split(_toV.Forward(x), _heads));
        return _toOut.Forward(AttentionHeads.Merge(attended)).MoveToOuterDisposeScope();
    }
}

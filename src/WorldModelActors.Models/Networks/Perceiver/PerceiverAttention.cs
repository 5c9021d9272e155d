namespace WorldModelActors.Models;

/// <summary>
/// Cross attention from latents to the input tokens and to the latents themselves, no biases: q from norm2(latents), keys
/// and values from [norm1(x), norm2(latents)] by one projection (keys first). Softmax scale 1/√DimHead (upstream scales q
/// and k by DimHead^-0.25 each).
/// </summary>
internal sealed class PerceiverAttention
{
    private readonly LayerNormLayer _normInput;
    private readonly LayerNormLayer _normLatents;
    private readonly LinearLayer _toQ;
    private readonly LinearLayer _toKv;
    private readonly LinearLayer _toOut;
    private readonly int _heads;
    private readonly int _dimHead;

    public PerceiverAttention(IWeights weights, int dim, int dimHead, int heads)
    {
        _heads = heads;
        _dimHead = dimHead;
        var inner = dimHead * heads;
        _normInput = new LayerNormLayer(weights.Scope("norm1"), dim);
        _normLatents = new LayerNormLayer(weights.Scope("norm2"), dim);
        _toQ = new LinearLayer(weights.Scope("to_q"), dim, inner, bias: false);
        _toKv = new LinearLayer(weights.Scope("to_kv"), dim, 2 * inner, bias: false);
        _toOut = new LinearLayer(weights.Scope("to_out"), inner, dim, bias: false);
    }

    /// <summary>Input tokens [N, n, C], latents [N or 1, m, C] → [N, m, C].</summary>
    public Tensor Forward(Tensor x, Tensor latents)
    {
        using var scope = NewDisposeScope();
        var (batch, queries) = (x.size(0), latents.size(1));
        var inner = (long)_heads * _dimHead;
        var normed = _normLatents.Forward(latents);
        var query = Heads(_toQ.Forward(normed)).expand(batch, _heads, queries, _dimHead);
        var ofInput = _toKv.Forward(_normInput.Forward(x));
        var ofLatents = _toKv.Forward(normed).expand(batch, queries, 2 * inner);
        var both = cat([ofInput, ofLatents], 1);
        var attended = F.scaled_dot_product_attention(
            query, Heads(both.narrow(2, 0, inner)), Heads(both.narrow(2, inner, inner)));
        return _toOut.Forward(attended.transpose(1, 2).reshape(batch, queries, inner)).MoveToOuterDisposeScope();
    }

    /// <summary>[N, L, heads * d] → [N, heads, L, d].</summary>
    private Tensor Heads(Tensor x) => x.view(x.size(0), x.size(1), _heads, _dimHead).transpose(1, 2);
}

namespace WorldModelActors.Models;

/// <summary>
/// Pre-norm residual block of both CLIP towers: x += attn(ln_1 x); x += c_proj(GELU(c_fc(ln_2 x))), exact (erf) GELU.
/// </summary>
internal sealed class ClipBlock
{
    private readonly LayerNormLayer _norm1;
    private readonly ClipAttention _attention;
    private readonly LayerNormLayer _norm2;
    private readonly LinearLayer _expand;
    private readonly LinearLayer _project;

    public ClipBlock(IWeights weights, int width, int heads, int mlpWidth)
    {
        _norm1 = new LayerNormLayer(weights.Scope("ln_1"), width);
        _attention = new ClipAttention(weights.Scope("attn"), width, heads);
        _norm2 = new LayerNormLayer(weights.Scope("ln_2"), width);
        var mlp = weights.Scope("mlp");
        _expand = new LinearLayer(mlp.Scope("c_fc"), width, mlpWidth);
        _project = new LinearLayer(mlp.Scope("c_proj"), mlpWidth, width);
    }

    /// <summary>[N, L, C], additive mask [L, L] or none → [N, L, C].</summary>
    public Tensor Forward(Tensor x, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var h = _attention.Forward(_norm1.Forward(x), mask).add_(x);
        return _project.Forward(F.gelu(_expand.Forward(_norm2.Forward(h)))).add_(h).MoveToOuterDisposeScope();
    }

    /// <summary>Declares the keys of a block that a checkpoint carries and inference never runs.</summary>
    public static void DeclareUnused(IWeights weights, int width, int mlpWidth)
    {
        weights.Unused("ln_1.weight", [width]);
        weights.Unused("ln_1.bias", [width]);
        weights.Unused("attn.in_proj_weight", [3 * width, width]);
        weights.Unused("attn.in_proj_bias", [3 * width]);
        weights.Unused("attn.out_proj.weight", [width, width]);
        weights.Unused("attn.out_proj.bias", [width]);
        weights.Unused("ln_2.weight", [width]);
        weights.Unused("ln_2.bias", [width]);
        weights.Unused("mlp.c_fc.weight", [mlpWidth, width]);
        weights.Unused("mlp.c_fc.bias", [mlpWidth]);
        weights.Unused("mlp.c_proj.weight", [width, mlpWidth]);
        weights.Unused("mlp.c_proj.bias", [width]);
    }
}

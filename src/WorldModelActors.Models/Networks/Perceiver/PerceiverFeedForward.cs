namespace WorldModelActors.Models;

/// <summary>Feed-forward part of a perceiver layer: LayerNorm (key 0), Linear (1), GELU, Linear (3); no biases in the linear layers.</summary>
internal sealed class PerceiverFeedForward
{
    private readonly LayerNormLayer _norm;
    private readonly LinearLayer _expand;
    private readonly LinearLayer _project;
    private readonly bool _tanhGelu;

    public PerceiverFeedForward(IWeights weights, int dim, int hiddenDim, bool tanhGelu)
    {
        _norm = new LayerNormLayer(weights.Scope("0"), dim);
        _expand = new LinearLayer(weights.Scope("1"), dim, hiddenDim, bias: false);
        _project = new LinearLayer(weights.Scope("3"), hiddenDim, dim, bias: false);
        _tanhGelu = tanhGelu;
    }

    /// <summary>[N, m, C] → [N, m, C].</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var hidden = _expand.Forward(_norm.Forward(x));
        var active = _tanhGelu ? Activations.GeluTanh(hidden) : F.gelu(hidden);
        return _project.Forward(active).MoveToOuterDisposeScope();
    }
}

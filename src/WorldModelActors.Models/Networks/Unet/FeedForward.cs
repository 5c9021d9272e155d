namespace WorldModelActors.Models;

/// <summary>
/// Gated feed-forward (GEGLU; Shazeer, "GLU variants improve transformer", 2020): value * GELU(gate), value first, GELU
/// in its exact erf form; then a projection back. Keys <c>net.0.proj</c> C → 8C, <c>net.2</c> 4C → C.
/// </summary>
internal sealed class FeedForward
{
    private readonly LinearLayer _expand;
    private readonly LinearLayer _project;
    private readonly long _hidden;

    public FeedForward(IWeights weights, int channels)
    {
        _hidden = 4L * channels;
        _expand = new LinearLayer(weights.Scope("net.0.proj"), channels, 8 * channels);
        _project = new LinearLayer(weights.Scope("net.2"), 4 * channels, channels);
    }

    internal LinearLayer Expand => _expand;

    internal LinearLayer Project => _project;

    /// <summary>[N, L, C] → [N, L, C].</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var both = _expand.Forward(x);
        var gated = F.gelu(both.narrow(-1, _hidden, _hidden)).mul_(both.narrow(-1, 0, _hidden));
        return _project.Forward(gated).MoveToOuterDisposeScope();
    }
}

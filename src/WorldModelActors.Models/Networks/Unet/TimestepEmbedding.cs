namespace WorldModelActors.Models;

/// <summary>
/// Embedding of a diffusion timestep or of the frame stride: sinusoids, Linear, SiLU, Linear; keys <c>0, 2</c>.
/// </summary>
internal sealed class TimestepEmbedding
{
    private readonly LinearLayer _expand;
    private readonly LinearLayer _project;
    private readonly int _channels;

    public TimestepEmbedding(IWeights weights, int channels, int embedDim)
    {
        _channels = channels;
        _expand = new LinearLayer(weights.Scope("0"), channels, embedDim);
        _project = new LinearLayer(weights.Scope("2"), embedDim, embedDim);
    }

    /// <summary>Integers [B] → [B, embedDim] in the weights' type.</summary>
    public Tensor Forward(Tensor values)
    {
        using var scope = NewDisposeScope();
        var sinusoids = SinusoidalEmbedding.CosineFirst(values, _channels).to(_expand.Type);
        return _project.Forward(F.silu(_expand.Forward(sinusoids))).MoveToOuterDisposeScope();
    }
}

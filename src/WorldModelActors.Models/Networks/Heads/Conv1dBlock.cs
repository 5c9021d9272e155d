namespace WorldModelActors.Models;

/// <summary>Conv1d of odd kernel with equal padding, GroupNorm, Mish; keys <c>block.{0,1}</c>.</summary>
internal sealed class Conv1dBlock
{
    private readonly Tensor _weight;
    private readonly Tensor _bias;
    private readonly GroupNormLayer _norm;
    private readonly long _padding;

    public Conv1dBlock(IWeights weights, int inChannels, int outChannels, HeadOptions options)
    {
        var convolution = weights.Scope("block.0");
        _weight = convolution.Parameter("weight", outChannels, inChannels, options.KernelSize);
        _bias = convolution.Parameter("bias", outChannels);
        _norm = new GroupNormLayer(weights.Scope("block.1"), outChannels, 1e-5, options.NumGroups);
        _padding = options.KernelSize / 2;
    }

    /// <summary>[N, C, L] → [N, C', L].</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return F.mish(_norm.Forward(F.conv1d(x, _weight, _bias, padding: _padding))).MoveToOuterDisposeScope();
    }
}

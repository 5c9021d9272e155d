namespace WorldModelActors.Models;

/// <summary>
/// Two Conv1d blocks with a residual connection; the condition scales and shifts the first one's output (FiLM, Perez et al.,
/// 2018; the scale is used as it is, not 1 + scale). Keys <c>blocks.{0,1}, cond_encoder.1, [residual_conv]</c>.
/// </summary>
internal sealed class ConditionalResidualBlock1D
{
    private readonly Conv1dBlock _block0;
    private readonly Conv1dBlock _block1;
    private readonly LinearLayer _condition;
    private readonly (Tensor Weight, Tensor Bias)? _residual;
    private readonly int _outChannels;

    public ConditionalResidualBlock1D(IWeights weights, int inChannels, int outChannels, int conditionDim, HeadOptions options)
    {
        _outChannels = outChannels;
        _block0 = new Conv1dBlock(weights.Scope("blocks.0"), inChannels, outChannels, options);
        _block1 = new Conv1dBlock(weights.Scope("blocks.1"), outChannels, outChannels, options);
        _condition = new LinearLayer(weights.Scope("cond_encoder.1"), conditionDim, 2 * outChannels);
        if (inChannels != outChannels)
        {
            var residual = weights.Scope("residual_conv");
            _residual = (residual.Parameter("weight", outChannels, inChannels, 1), residual.Parameter("bias", outChannels));
        }
    }

    /// <summary>[N, C, L] and Mish(condition) [N, G] → [N, C', L].</summary>
    public Tensor Forward(Tensor x, Tensor activatedCondition)
    {
        using var scope = NewDisposeScope();
        var film = _condition.Forward(activatedCondition).unsqueeze(-1);
        var y = _block0.Forward(x);
        y.mul_(film.narrow(1, 0, _outChannels)).add_(film.narrow(1, _outChannels, _outChannels));
        y = _block1.Forward(y);
        y.add_(_residual is { } residual ? F.conv1d(x, residual.Weight, residual.Bias) : x);
        return y.MoveToOuterDisposeScope();
    }
}

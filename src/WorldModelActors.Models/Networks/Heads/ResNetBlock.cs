namespace WorldModelActors.Models;

/// <summary>
/// Basic residual block of a ResNet (He et al., "Deep residual learning", 2016) with GroupNorm of C / 16 groups in the place of
/// the batch norms, whose key names stay: <c>conv1, bn1, conv2, bn2, [downsample.{0,1}]</c>.
/// </summary>
internal sealed class ResNetBlock
{
    /// <summary>Channels of one normalisation group.</summary>
    public const int GroupChannels = 16;

    private readonly Conv2dLayer _conv1;
    private readonly GroupNormLayer _norm1;
    private readonly Conv2dLayer _conv2;
    private readonly GroupNormLayer _norm2;
    private readonly (Conv2dLayer Conv, GroupNormLayer Norm)? _shortcut;

    public ResNetBlock(IWeights weights, int inChannels, int outChannels, int stride)
    {
        _conv1 = new Conv2dLayer(weights.Scope("conv1"), inChannels, outChannels, 3, stride, padding: 1, bias: false);
        _norm1 = Norm(weights.Scope("bn1"), outChannels);
        _conv2 = new Conv2dLayer(weights.Scope("conv2"), outChannels, outChannels, 3, padding: 1, bias: false);
        _norm2 = Norm(weights.Scope("bn2"), outChannels);
        if (stride != 1 || inChannels != outChannels)
        {
            _shortcut = (
                new Conv2dLayer(weights.Scope("downsample.0"), inChannels, outChannels, 1, stride, bias: false),
                Norm(weights.Scope("downsample.1"), outChannels));
        }
    }

    /// <summary>The GroupNorm that stands for a batch norm of this many channels.</summary>
    public static GroupNormLayer Norm(IWeights weights, int channels) => new(weights, channels, 1e-5, channels / GroupChannels);

    /// <summary>[N, C, H, W] → [N, C', H / stride, W / stride].</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = F.relu(_norm1.Forward(_conv1.Forward(x)), inplace: true);
        y = _norm2.Forward(_conv2.Forward(y));
        y.add_(_shortcut is { } shortcut ? shortcut.Norm.Forward(shortcut.Conv.Forward(x)) : x);
        return F.relu(y, inplace: true).MoveToOuterDisposeScope();
    }
}

namespace WorldModelActors.Models;

/// <summary>
/// Residual block of the autoencoder: x + conv2(SiLU(norm2(conv1(SiLU(norm1(x)))))), GroupNorm(32, eps 1e-6), 3x3
/// convolutions; <c>nin_shortcut</c> (1x1) on the residual where the widths differ.
/// </summary>
internal sealed class AutoencoderResnetBlock
{
    private readonly GroupNormLayer _norm1;
    private readonly Conv2dLayer _conv1;
    private readonly GroupNormLayer _norm2;
    private readonly Conv2dLayer _conv2;
    private readonly Conv2dLayer? _shortcut;

    public AutoencoderResnetBlock(IWeights weights, int inChannels, int outChannels)
    {
        _norm1 = new GroupNormLayer(weights.Scope("norm1"), inChannels, AutoencoderKL.NormEps);
        _conv1 = new Conv2dLayer(weights.Scope("conv1"), inChannels, outChannels, 3, padding: 1);
        _norm2 = new GroupNormLayer(weights.Scope("norm2"), outChannels, AutoencoderKL.NormEps);
        _conv2 = new Conv2dLayer(weights.Scope("conv2"), outChannels, outChannels, 3, padding: 1);
        if (inChannels != outChannels)
        {
            _shortcut = new Conv2dLayer(weights.Scope("nin_shortcut"), inChannels, outChannels, 1);
        }
    }

    /// <summary>[N, in, H, W] → [N, out, H, W].</summary>
    public Tensor Forward(Tensor x)
    {
        if (GroupNormLayer.HasKernel(x))
        {
            return ForwardRows(x);
        }

        // Activations of the outer levels are the memory peak of a decode, so each dies as soon as it has been read.
        Tensor h;
        using (var normed = _norm1.ForwardSilu(x))
        {
            h = _conv1.Forward(normed);
        }

        using (h)
        using (var normed = _norm2.ForwardSilu(h))
        {
            var y = _conv2.Forward(normed);
            if (_shortcut is null)
            {
                return y.add_(x);
            }

            using var shortcut = _shortcut.Forward(x);
            return y.add_(shortcut);
        }
    }

    /// <summary>In half precision on CUDA: the norms and the last addition take the convolutions' biases in.</summary>
    private Tensor ForwardRows(Tensor x)
    {
        using var scope = NewDisposeScope();
        Tensor normed, h, y;
        using (normed = _norm1.ForwardSilu(x))
        {
            h = _conv1.ForwardWithoutBias(normed);
        }

        using (h)
        using (normed = _norm2.ForwardSilu(h, _conv1.Bias!.@float()))
        {
            y = _conv2.ForwardWithoutBias(normed);
        }

        var bias = _conv2.Bias!.@float();
        var shortcut = x;
        if (_shortcut is not null)
        {
            shortcut = _shortcut.ForwardWithoutBias(x);
            bias.add_(_shortcut.Bias!.@float());
        }

        FusedKernels.AddWithBias_(y.permute(0, 2, 3, 1), shortcut.permute(0, 2, 3, 1), bias);
        return y.MoveToOuterDisposeScope();
    }
}

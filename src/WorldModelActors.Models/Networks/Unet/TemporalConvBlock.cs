namespace WorldModelActors.Models;

/// <summary>
/// Four stages of GroupNorm (statistics joint over all frames of a sample), SiLU and a convolution over 3 frames, with a residual
/// connection around all of them. Keys <c>conv1.{0,2}, conv2..4.{0,3}</c> (a dropout sits between).
/// </summary>
internal sealed class TemporalConvBlock
{
    private static readonly long[] Padding = [1, 0];
    private readonly (GroupNormLayer Norm, Tensor Weight, Tensor Bias)[] _stages;

    public TemporalConvBlock(IWeights weights, int channels)
    {
        _stages = [.. Enumerable.Range(1, 4).Select(stage =>
        {
            var scope = weights.Scope($"conv{stage}");
            var convolution = scope.Scope(stage == 1 ? "2" : "3");
            return (
                new GroupNormLayer(scope.Scope("0"), channels, 1e-5),
                convolution.Parameter("weight", channels, channels, 3, 1, 1),
                convolution.Parameter("bias", channels));
        })];
    }

    /// <summary>Norm, weight [C, C, 3, 1, 1] and bias [C] of each stage.</summary>
    internal IReadOnlyList<(GroupNormLayer Norm, Tensor Weight, Tensor Bias)> Stages => _stages;

    /// <summary>[B, T, C, h, w] → the same shape.</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (frames, channels, pixels) = (x.size(1), x.size(2), x.size(3) * x.size(4));
        var frameMajor = x.reshape(x.size(0), frames, channels, pixels);
        // A kernel of (3, 1) over [T, h w] is the (3, 1, 1) kernel over [T, h, w].
        var y = TemporalLayout.Arrange(frameMajor);
        foreach (var (norm, weight, bias) in _stages)
        {
            y = F.conv2d(F.silu(norm.Forward(y), inplace: true), weight.squeeze(-1), bias, padding: Padding);
        }

        return frameMajor.add(y.transpose(1, 2)).view(x.shape).MoveToOuterDisposeScope();
    }
}

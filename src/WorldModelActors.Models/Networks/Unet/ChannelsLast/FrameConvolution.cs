namespace WorldModelActors.Models.ChannelsLast;

/// <summary>
/// A convolution of three frames at each position, without its bias: activations [B, T, P, C] → [B, T, P, C']. As cuDNN's convolution or, for
/// one sample (<see cref="KernelSwitches.TemporalProducts"/>), as one matrix product for each of its three taps: positions are rows, and a tap
/// reads the rows of the frame before, of the frame itself and of the frame after.
/// </summary>
internal sealed class FrameConvolution
{
    private static readonly long[] Padding = [1, 0];
    private static readonly long[] Each = [1, 1];

    private readonly TensorOwner _owner;
    private readonly Tensor _weight;
    private readonly RowConvolution _convolution;
    private Tensor[]? _taps;

    /// <param name="owner">Keeps what is derived from the weight.</param>
    /// <param name="weight">[C', C, 3, 1].</param>
    /// <param name="bias">[C'].</param>
    public FrameConvolution(TensorOwner owner, Tensor weight, Tensor bias)
    {
        _owner = owner;
        _weight = owner.Keep(weight.alias());
        _convolution = new RowConvolution(owner, weight, bias, Each, Padding);
        if (KernelSwitches.TemporalProducts.IsOn)
        {
            _taps = Taps();
        }
    }

    /// <summary>[B, T, P, C] → [B, T, P, C'], without the bias.</summary>
    public Tensor Forward(Tensor x) => KernelSwitches.TemporalProducts.IsOn && x.size(0) == 1 ? Products(x) : _convolution.Forward(x);

    /// <summary>The sum of the taps' products, each rounded to the element type.</summary>
    internal Tensor Products(Tensor x)
    {
        using var scope = NewDisposeScope();
        using var part = PartClock.Measure(UNetPart.TemporalConvolution);
        var taps = _taps ??= Taps();
        var (batch, frames, positions) = (x.size(0), x.size(1), x.size(2));
        var rows = x.view(-1, x.size(3));
        var sum = rows.matmul(taps[1]);
        var (each, shifted) = (frames * positions, (frames - 1) * positions);
        for (var sample = 0L; sample < batch && shifted > 0; sample++)
        {
            var first = sample * each;
            FusedKernels.AddMatmul_(sum.narrow(0, first + positions, shifted), rows.narrow(0, first, shifted), taps[0]);
            FusedKernels.AddMatmul_(sum.narrow(0, first, shifted), rows.narrow(0, first + positions, shifted), taps[2]);
        }

        return sum.view(batch, frames, positions, -1).MoveToOuterDisposeScope();
    }

    /// <summary>[C, C'] each, another copy of the weight: made with the network, or when the switch is turned on later.</summary>
    private Tensor[] Taps()
    {
        var taps = _owner.Keep(_weight.squeeze(-1).permute(2, 1, 0).contiguous());
        return [_owner.Keep(taps[0]), _owner.Keep(taps[1]), _owner.Keep(taps[2])];
    }
}

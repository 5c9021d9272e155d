namespace WorldModelActors.Models.ChannelsLast;

/// <summary>
/// The backbone of <see cref="WmaUNet"/> for CUDA in half precision: the same arithmetic on frames [B T, h, w, C] throughout, so that
/// convolutions, norms and tokens share one memory layout and nothing is transposed; norms, gates, additions and the attention over
/// frames are kernels of our own (<see cref="FusedKernels"/>). Uses the network's own weights.
/// </summary>
internal sealed class ChannelsLastBackbone : IDisposable
{
    private readonly TensorOwner _owner = new();
    private readonly RowConvolution _stem;
    private readonly RowTemporalTransformer? _initialAttention;
    private readonly Tensor _stemBias;
    private readonly Tensor _initialConstant;
    private readonly (UNetBlock Source, RowUNetBlock Block)[] _input;
    private readonly RowUNetBlock _middleIn;
    private readonly RowUNetBlock _middleOut;
    private readonly (UNetBlock Source, RowUNetBlock Block)[] _output;
    private readonly RowGroupNorm _outNorm;
    private readonly RowConvolution _outConvolution;

    public ChannelsLastBackbone(
        Conv2dLayer stem,
        TemporalTransformer? initialAttention,
        IReadOnlyList<UNetBlock> input,
        (ResBlock In, SpatialTransformer Spatial, TemporalTransformer Temporal, ResBlock Out) middle,
        IReadOnlyList<UNetBlock> output,
        GroupNormLayer outNorm,
        Conv2dLayer outConvolution)
    {
        using var scope = NewDisposeScope();
        _stem = new RowConvolution(_owner, stem);
        if (initialAttention is not null)
        {
            _initialAttention = new RowTemporalTransformer(_owner, initialAttention);
        }

        _stemBias = _owner.Keep(_stem.Bias.clone());
        _initialConstant = _owner.Keep(_initialAttention is null ? _stemBias.clone() : _stemBias.add(_initialAttention.Constant));

        _input = [.. input.Select(b => (b, new RowUNetBlock(_owner, b)))];
        _middleIn = new RowUNetBlock(_owner, middle.In, middle.Spatial, middle.Temporal);
        _middleOut = new RowUNetBlock(_owner, middle.Out, null, null);
        _output = [.. output.Select(b => (b, new RowUNetBlock(_owner, b)))];
        _outNorm = new RowGroupNorm(outNorm);
        _outConvolution = new RowConvolution(_owner, outConvolution);
    }

    /// <summary>True where the kernels for a network of this type on this device are there.</summary>
    public static bool Fits(Device device, ScalarType type) =>
        device.type == DeviceType.CUDA && type is ScalarType.Float16 or ScalarType.BFloat16 && FusedKernels.Exist;

    /// <inheritdoc/>
    public void Dispose() => _owner.Dispose();

    private static Tensor Join(Tensor h, Tensor? pending, Tensor skip)
    {
        using var part = PartClock.Measure(UNetPart.Addition);
        return FusedKernels.Join(h, pending, skip);
    }

    /// <summary>Adds what a block has left out, where somebody reads its result as it is.</summary>
    private static void Settle(Tensor h, ref Tensor? pending)
    {
        if (pending is not null)
        {
            using var part = PartClock.Measure(UNetPart.Addition);
            FusedKernels.AddBias_(h, pending);
            pending = null;
        }
    }

    /// <summary>
    /// Latents [B, C, T, h, w] → [B, out, T, h, w] and, where asked, the features that the heads read ([B T, C, h, w] each), which the heads
    /// are fed as they come.
    /// </summary>
    public (Tensor Latent, List<Tensor> Features) Forward(Tensor x, Tensor activatedEmbedding, IReadOnlyList<SpatialContext> contexts, bool keepFeatures, HeadRuns? heads)
    {
        using var scope = NewDisposeScope();
        var (batch, frames) = (x.size(0), x.size(2));
        var features = new List<Tensor>();
        using var context = contexts.GetEnumerator();
        SpatialContext Next() => context.MoveNext() ? context.Current : throw new ModelInputException("the conditioning was prepared by another network");
        SpatialContext? ContextOf(UNetBlock block) => block.Spatial is null ? null : Next();
        void Tap(Tensor feature)
        {
            if (keepFeatures)
            {
                features.Add(feature.permute(0, 3, 1, 2));
                heads?.Feed(features[^1]);
            }
        }

        var h = _stem.Forward(x.permute(0, 2, 3, 4, 1).flatten(0, 1).contiguous());
        _initialAttention?.AddTo(h, _stemBias, batch);
        Tensor? pending = _initialConstant;
        Settle(h, ref pending);

        var skips = new Stack<Tensor>([h]);
        foreach (var (source, block) in _input)
        {
            if (source.IsDownsampling)
            {
                Tap(h);
            }

            skips.Push(h = block.Forward(h, activatedEmbedding, ContextOf(source), batch));
        }

        Tap(h);
        h = _middleOut.Forward(_middleIn.Forward(h, activatedEmbedding, Next(), batch), activatedEmbedding, null, batch);
        Tap(h);
        foreach (var (source, block) in _output)
        {
            if (source.IsUpsampling)
            {
                Settle(h, ref pending);
                Tap(h);
            }

            var skip = skips.Pop();
            using var joined = Join(h, pending, skip);
            // What the heads read are views with a reference of their own.
            h.Dispose();
            skip.Dispose();
            h = block.Forward(joined, activatedEmbedding, ContextOf(source), batch);
            pending = block.PendingBias;
        }

        Settle(h, ref pending);
        Tap(h);
        var y = _outConvolution.ForwardWithBias(_outNorm.Forward(h, h.size(0), silu: true));
        foreach (var feature in features)
        {
            feature.MoveToOuterDisposeScope();
        }

        return (y.view(batch, frames, y.size(1), y.size(2), y.size(3)).permute(0, 4, 1, 2, 3).contiguous().MoveToOuterDisposeScope(), features);
    }
}

namespace WorldModelActors.Models;

/// <summary>
/// Cross attention to text, image, robot state and robot action tokens: up to four attentions with keys and values of their own
/// that share the query and whose results are added before <c>to_out</c>. Keys <c>to_q, to_{k,v}, to_{k,v}_ip, to_{k,v}_as,
/// to_{k,v}_aa</c> (no bias), <c>to_out.0</c>.
/// <para>
/// Which tokens of a frame a branch reads is fixed by the context's length: 77 + m (text: all of them, image: the last m); n + 77 + m (state, text,
/// image); any other length: state [0, n), action [n, n + A), text [n + A, n + A + 77), image the rest, where A is
/// <c>actionTokens</c>. The released model runs its output blocks with A = 16 although 256 action tokens come in, so their slices are
/// shifted; the weights were trained that way.
/// </para>
/// </summary>
internal sealed class CrossAttention
{
    private readonly LinearLayer _toQ;
    private readonly LinearLayer _toOut;
    private readonly KeyValueProjection _text;
    private readonly KeyValueProjection _image;
    private readonly KeyValueProjection _state;
    private readonly KeyValueProjection _action;
    private readonly int _heads;
    private readonly int _states;
    private readonly int _actionTokens;
    private readonly int _imageTokens;
    private readonly int _frames;

    public CrossAttention(IWeights weights, int channels, int heads, int actionTokens, UNetOptions options)
    {
        _heads = heads;
        _states = options.NumObsSteps;
        _actionTokens = actionTokens;
        _imageTokens = options.NumStemToken;
        _frames = options.TemporalLength;
        _toQ = new LinearLayer(weights.Scope("to_q"), channels, channels, bias: false);
        _text = new KeyValueProjection(weights, "", options.ContextDim, channels, heads);
        _image = new KeyValueProjection(weights, "_ip", options.ContextDim, channels, heads);
        _state = new KeyValueProjection(weights, "_as", options.ContextDim, channels, heads);
        _action = new KeyValueProjection(weights, "_aa", options.ContextDim, channels, heads);
        _toOut = new LinearLayer(weights.Scope("to_out.0"), channels, channels);
    }

    /// <summary>Keys and values of every branch. They belong to the caller's dispose scope.</summary>
    public IReadOnlyList<AttentionBranch> Prepare(FrameContext context)
    {
        const int Text = ContextRegrouping.TextTokens;
        var length = context.Length;
        if (length == Text + _imageTokens)
        {
            return [_text.Forward(context, 0, length), _image.Forward(context, Text, _imageTokens)];
        }

        if (length == _states + Text + _imageTokens)
        {
            return
            [
                _state.Forward(context, 0, _states),
                _text.Forward(context, _states, Text),
                _image.Forward(context, _states + Text, _imageTokens),
            ];
        }

        var textStart = (long)_states + _actionTokens;
        var imageStart = textStart + Text;
        if (length <= imageStart)
        {
            throw new ModelInputException($"context: {length} tokens per frame are too few for {_states} state, {_actionTokens} action and {Text} text tokens");
        }

        var action = _action.Forward(context, _states, _actionTokens);
        var rows = context.Tokens.size(0);
        return
        [
            _state.Forward(context, 0, _states),
            _text.Forward(context, textStart, Text),
            _image.Forward(context, imageStart, length - imageStart),
            action with { Mask = ActionMask.Build(rows, _frames, _actionTokens, action.Key.dtype, action.Key.device), Seen = _actionTokens / _frames },
        ];
    }

    internal LinearLayer Output => _toOut;

    /// <summary>Frames' tokens [B T, L, C] → [B T, L, C].</summary>
    public Tensor Forward(Tensor x, IReadOnlyList<AttentionBranch> branches)
    {
        using var attended = Attend(x, branches);
        return _toOut.Forward(attended);
    }

    /// <summary>Sum of the branches' attentions before the output projection: [B T, L, C] → [B T, L, C].</summary>
    internal Tensor Attend(Tensor x, IReadOnlyList<AttentionBranch> branches)
    {
        using var scope = NewDisposeScope();
        var query = _toQ.Forward(x);
        if (HasKernel(query, branches))
        {
            using var part = PartClock.Measure(UNetPart.CrossAttention);
            return FusedKernels.BranchAttention(
                query, [.. branches.Select(b => b.Key)], [.. branches.Select(b => b.Value)], [.. branches.Select(b => b.Seen)], _frames).MoveToOuterDisposeScope();
        }

        var perFrame = AttendAll(query, branches.Where(b => !b.SharedByFrames));
        Tensor? shared = null;
        if (branches.FirstOrDefault(b => b.SharedByFrames) is { } first)
        {
            // All frames of a sample ask the same keys: one long row of queries instead of T rows of keys.
            var folded = query.view(first.Key.size(0), -1, query.size(2));
            shared = AttendAll(folded, branches.Where(b => b.SharedByFrames))!.view(query.shape);
        }

        var sum = perFrame is null ? shared! : shared is null ? perFrame : perFrame.add_(shared);
        return sum.MoveToOuterDisposeScope();
    }

    private bool HasKernel(Tensor query, IReadOnlyList<AttentionBranch> branches) =>
        KernelSwitches.BranchAttention.IsOn && query.device.type == DeviceType.CUDA && query.dtype is ScalarType.Float16 or ScalarType.BFloat16 && FusedKernels.Exist
        && query.size(2) == _heads * FusedKernels.HeadWidth && branches.Count <= FusedKernels.MostBranches && branches.All(b => b.Mask is null || b.Seen > 0);

    /// <summary>Sum of the branches' attentions: [R, L, C] → [R, L, C], contiguous; null without branches.</summary>
    private Tensor? AttendAll(Tensor query, IEnumerable<AttentionBranch> branches)
    {
        using var part = PartClock.Measure(UNetPart.CrossAttention);
        var perHead = AttentionHeads.Split(query, _heads);
        Tensor? sum = null;
        foreach (var branch in branches)
        {
            var attended = F.scaled_dot_product_attention(perHead, branch.Key, branch.Value, branch.Mask);
            sum = sum is null ? attended : sum.add_(attended);
        }

        return sum is null ? null : AttentionHeads.Merge(sum);
    }

    private sealed class KeyValueProjection(IWeights weights, string suffix, int contextDim, int channels, int heads)
    {
        private readonly LinearLayer _key = new(weights.Scope("to_k" + suffix), contextDim, channels, bias: false);
        private readonly LinearLayer _value = new(weights.Scope("to_v" + suffix), contextDim, channels, bias: false);

        public AttentionBranch Forward(FrameContext context, long start, long length)
        {
            var (rows, shared) = context.Slice(start, length);
            return new AttentionBranch(Project(_key, rows), Project(_value, rows), shared);
        }

        private Tensor Project(LinearLayer layer, Tensor rows) => AttentionHeads.Split(layer.Forward(rows), heads).contiguous();
    }
}

namespace WorldModelActors.Models;

/// <summary>
/// OpenCLIP text tower as a token encoder (upstream <c>FrozenOpenCLIPEmbedder</c>, layer "penultimate"): all blocks but the
/// last under a causal mask, then ln_final on every position; no projection, no pooling. Keys below
/// <c>cond_stage_model.model.</c>.
/// </summary>
public sealed class ClipTextEncoder
{
    private readonly Tensor _tokenEmbedding;
    private readonly Tensor _positionalEmbedding;
    private readonly ClipTransformer _transformer;
    private readonly LayerNormLayer _normFinal;

    public ClipTextEncoder(IWeights weights, ClipTextOptions options)
    {
        Options = options;
        _positionalEmbedding = weights.Parameter("positional_embedding", options.ContextLength, options.Width);
        weights.Unused("text_projection", [options.Width, options.EmbedDim]);
        weights.Unused("logit_scale", []);
        _transformer = new ClipTransformer(
            weights.Scope("transformer"), options.Width, options.Heads, options.Layers, 4 * options.Width, skipLast: 1);
        _tokenEmbedding = weights.Parameter("token_embedding.weight", options.VocabSize, options.Width);
        _normFinal = new LayerNormLayer(weights.Scope("ln_final"), options.Width);
    }

    /// <summary>Sizes of the tower.</summary>
    public ClipTextOptions Options { get; }

    /// <summary>Token ids [N, 77] int64 on the model's device → embeddings [N, 77, C] in the model's dtype.</summary>
    public Tensor Forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var length = ids.size(1);
        var embedded = _tokenEmbedding.index_select(0, ids.flatten()).view(-1, length, _tokenEmbedding.size(1)) + _positionalEmbedding;
        var mask = full([length, length], float.NegativeInfinity, dtype: embedded.dtype, device: embedded.device).triu(1);
        return _normFinal.Forward(_transformer.Forward(embedded, mask)).MoveToOuterDisposeScope();
    }
}

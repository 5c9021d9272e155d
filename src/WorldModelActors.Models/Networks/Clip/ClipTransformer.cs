namespace WorldModelActors.Models;

/// <summary>The residual blocks shared by the two CLIP towers; keys <c>resblocks.N.*</c>.</summary>
internal sealed class ClipTransformer
{
    private readonly List<ClipBlock> _blocks = [];

    /// <param name="weights">View at <c>…transformer.</c></param>
    /// <param name="width">Width C of the tokens.</param>
    /// <param name="heads">Attention heads.</param>
    /// <param name="layers">Blocks in the checkpoint.</param>
    /// <param name="mlpWidth">Hidden width of the feed-forward part.</param>
    /// <param name="skipLast">Blocks at the end that are never run.</param>
    public ClipTransformer(IWeights weights, int width, int heads, int layers, int mlpWidth, int skipLast = 0)
    {
        for (var layer = 0; layer < layers; layer++)
        {
            var scope = weights.Scope($"resblocks.{layer}");
            if (layer < layers - skipLast)
            {
                _blocks.Add(new ClipBlock(scope, width, heads, mlpWidth));
            }
            else
            {
                ClipBlock.DeclareUnused(scope, width, mlpWidth);
            }
        }
    }

    /// <summary>[N, L, C], additive mask [L, L] or none → [N, L, C]. Disposes <paramref name="x"/>.</summary>
    public Tensor Forward(Tensor x, Tensor? mask = null)
    {
        foreach (var block in _blocks)
        {
            x = x.Then(h => block.Forward(h, mask));
        }

        return x;
    }
}

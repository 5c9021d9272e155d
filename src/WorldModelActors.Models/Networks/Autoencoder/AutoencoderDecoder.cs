namespace WorldModelActors.Models;

/// <summary>Decoder of the KL autoencoder: latents to images; levels run from the coarsest (<c>up.3</c>) to <c>up.0</c>.</summary>
internal sealed class AutoencoderDecoder
{
    private readonly Conv2dLayer _convIn;
    private readonly AutoencoderMiddle _middle;
    private readonly List<Level> _levels = [];
    private readonly GroupNormLayer _normOut;
    private readonly Conv2dLayer _convOut;

    public AutoencoderDecoder(IWeights weights, AutoencoderOptions options)
    {
        var width = options.Channels * options.ChannelMult[^1];
        _convIn = new Conv2dLayer(weights.Scope("conv_in"), options.ZChannels, width, 3, padding: 1);
        _middle = new AutoencoderMiddle(weights.Scope("mid"), width);
        for (var level = options.ChannelMult.Count - 1; level >= 0; level--)
        {
            var scope = weights.Scope($"up.{level}");
            var levelWidth = options.Channels * options.ChannelMult[level];
            var blocks = new List<AutoencoderResnetBlock>();
            for (var block = 0; block <= options.NumResBlocks; block++)
            {
                blocks.Add(new AutoencoderResnetBlock(scope.Scope($"block.{block}"), width, levelWidth));
                width = levelWidth;
            }

            _levels.Add(new Level(blocks, level == 0 ? null : new AutoencoderUpsample(scope.Scope("upsample"), width)));
        }

        _normOut = new GroupNormLayer(weights.Scope("norm_out"), width, AutoencoderKL.NormEps);
        _convOut = new Conv2dLayer(weights.Scope("conv_out"), width, options.OutChannels, 3, padding: 1);
    }

    /// <summary>[N, z, h, w] → [N, 3, H, W], not clamped.</summary>
    public Tensor Forward(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var h = _convIn.Forward(latents).Then(_middle.Forward);
        foreach (var level in _levels)
        {
            foreach (var block in level.Blocks)
            {
                h = h.Then(block.Forward);
            }

            if (level.Upsample is not null)
            {
                h = h.Then(level.Upsample.Forward);
            }
        }

        return h.Then(_normOut.ForwardSilu).Then(_convOut.Forward).MoveToOuterDisposeScope();
    }

    private sealed record Level(IReadOnlyList<AutoencoderResnetBlock> Blocks, AutoencoderUpsample? Upsample);
}

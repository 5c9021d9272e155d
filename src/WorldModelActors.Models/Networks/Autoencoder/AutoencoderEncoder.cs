namespace WorldModelActors.Models;

/// <summary>Encoder of the KL autoencoder: images to un-quantised moments, an eighth of the size at full size's four levels.</summary>
internal sealed class AutoencoderEncoder
{
    private readonly Conv2dLayer _convIn;
    private readonly List<Level> _levels = [];
    private readonly AutoencoderMiddle _middle;
    private readonly GroupNormLayer _normOut;
    private readonly Conv2dLayer _convOut;

    public AutoencoderEncoder(IWeights weights, AutoencoderOptions options)
    {
        var width = options.Channels;
        _convIn = new Conv2dLayer(weights.Scope("conv_in"), options.InChannels, width, 3, padding: 1);
        for (var level = 0; level < options.ChannelMult.Count; level++)
        {
            var scope = weights.Scope($"down.{level}");
            var levelWidth = options.Channels * options.ChannelMult[level];
            var blocks = new List<AutoencoderResnetBlock>();
            for (var block = 0; block < options.NumResBlocks; block++)
            {
                blocks.Add(new AutoencoderResnetBlock(scope.Scope($"block.{block}"), width, levelWidth));
                width = levelWidth;
            }

            var last = level == options.ChannelMult.Count - 1;
            _levels.Add(new Level(blocks, last ? null : new AutoencoderDownsample(scope.Scope("downsample"), width)));
        }

        _middle = new AutoencoderMiddle(weights.Scope("mid"), width);
        _normOut = new GroupNormLayer(weights.Scope("norm_out"), width, AutoencoderKL.NormEps);
        _convOut = new Conv2dLayer(weights.Scope("conv_out"), width, 2 * options.ZChannels, 3, padding: 1);
    }

    /// <summary>[N, 3, H, W] → [N, 2 z, h, w].</summary>
    public Tensor Forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var h = _convIn.Forward(images);
        foreach (var level in _levels)
        {
            foreach (var block in level.Blocks)
            {
                h = h.Then(block.Forward);
            }

            if (level.Downsample is not null)
            {
                h = h.Then(level.Downsample.Forward);
            }
        }

        return h.Then(_middle.Forward).Then(_normOut.ForwardSilu).Then(_convOut.Forward).MoveToOuterDisposeScope();
    }

    private sealed record Level(IReadOnlyList<AutoencoderResnetBlock> Blocks, AutoencoderDownsample? Downsample);
}

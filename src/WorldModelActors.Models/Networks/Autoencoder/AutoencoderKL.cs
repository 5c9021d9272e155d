namespace WorldModelActors.Models;

/// <summary>
/// KL-regularised autoencoder (Rombach et al., "High-Resolution Image Synthesis with Latent Diffusion Models", 2022;
/// upstream <c>AutoencoderKL</c>), attention at the coarsest level only. Works on raw latents: the scale factor of the
/// diffusion model is <see cref="FirstStage"/>'s business. Keys below <c>first_stage_model.</c>.
/// </summary>
public sealed class AutoencoderKL
{
    internal const double NormEps = 1e-6;
    private readonly AutoencoderEncoder _encoder;
    private readonly AutoencoderDecoder _decoder;
    private readonly Conv2dLayer _quant;
    private readonly Conv2dLayer _postQuant;

    public AutoencoderKL(IWeights weights, AutoencoderOptions options)
    {
        _encoder = new AutoencoderEncoder(weights.Scope("encoder"), options);
        _decoder = new AutoencoderDecoder(weights.Scope("decoder"), options);
        _quant = new Conv2dLayer(weights.Scope("quant_conv"), 2 * options.ZChannels, 2 * options.EmbedDim, 1);
        _postQuant = new Conv2dLayer(weights.Scope("post_quant_conv"), options.EmbedDim, options.ZChannels, 1);
    }

    /// <summary>Encoder output before <c>quant_conv</c>: images [N, 3, H, W] in [-1, 1] → [N, 2 z, h, w].</summary>
    public Tensor EncodeRaw(Tensor images) => _encoder.Forward(images);

    /// <summary>Moments (mean, then log variance along the channels): images [N, 3, H, W] in [-1, 1] → [N, 2 z, h, w].</summary>
    public Tensor EncodeMoments(Tensor images) => EncodeRaw(images).Then(_quant.Forward);

    /// <summary>Posterior of images [N, 3, H, W] in [-1, 1]; the caller disposes it.</summary>
    public DiagonalGaussian Encode(Tensor images)
    {
        using var moments = EncodeMoments(images);
        return new DiagonalGaussian(moments);
    }

    /// <summary>Latents [N, z, h, w] (unscaled) → images [N, 3, H, W], not clamped.</summary>
    public Tensor Decode(Tensor latents)
    {
        using var hidden = _postQuant.Forward(latents);
        return _decoder.Forward(hidden);
    }
}

namespace WorldModelActors.Models;

/// <summary>
/// The autoencoder as the diffusion model sees it: float32 images and scaled float32 latents outside, the autoencoder's
/// dtype inside. Frames are batch entries throughout; they never mix, so any number may be given at once.
/// </summary>
public sealed class FirstStage
{
    private readonly ScalarType _dtype;

    /// <param name="autoencoder">The network.</param>
    /// <param name="scaleFactor">Latents are multiplied by this after encoding (0.18215 at full size).</param>
    /// <param name="dtype">Dtype of the network's weights.</param>
    public FirstStage(AutoencoderKL autoencoder, double scaleFactor, ScalarType dtype = ScalarType.Float32)
    {
        Autoencoder = autoencoder;
        ScaleFactor = scaleFactor;
        _dtype = dtype;
    }

    /// <summary>The network.</summary>
    public AutoencoderKL Autoencoder { get; }

    /// <summary>Factor between raw and scaled latents.</summary>
    public double ScaleFactor { get; }

    /// <summary>
    /// Posterior of images [N, 3, H, W] in [-1, 1] (not clamped), float32; the caller disposes it. Both passes of an iteration
    /// draw their concat latent from one posterior.
    /// </summary>
    public DiagonalGaussian EncodePosterior(Tensor images)
    {
        using var scope = NewDisposeScope();
        return new DiagonalGaussian(Autoencoder.EncodeMoments(images.to(_dtype)).@float());
    }

    /// <summary>scale * (mean + std * noise): standard normal noise [N, z, h, w] → scaled latents [N, z, h, w], float32.</summary>
    public Tensor SampleScaled(DiagonalGaussian posterior, Tensor noise) => posterior.Sample(noise).mul_(ScaleFactor);

    /// <summary>
    /// Images [N, 3, H, W] in [-1, 1] (not clamped) and standard normal noise [N, z, h, w] → scaled latents [N, z, h, w],
    /// float32. Upstream always samples the posterior, it never takes the mean.
    /// </summary>
    public Tensor EncodeScaled(Tensor images, Tensor noise)
    {
        using var posterior = EncodePosterior(images);
        return SampleScaled(posterior, noise);
    }

    /// <summary>Scaled latents [N, z, h, w] → images [N, 3, H, W], about [-1, 1], not clamped.</summary>
    public Tensor DecodeScaled(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var images = Autoencoder.Decode(Arrange((latents / ScaleFactor).to(_dtype)));
        return images.@float().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Channels last where convolutions and our norms want it so: in half precision on CUDA. The layout then spreads through all layers. Pictures of three
    /// channels are not given so: an H200 encodes one in 3.2 ms as it is, and in 6.6 ms channels last.
    /// </summary>
    private static Tensor Arrange(Tensor pixels) =>
        pixels.device.type == DeviceType.CUDA && pixels.dtype is ScalarType.Float16 or ScalarType.BFloat16 && FusedKernels.Exist
            ? pixels.Contiguous(MemoryFormat.ChannelsLast)
            : pixels;
}

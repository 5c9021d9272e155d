using WorldModelActors.Models;

namespace WorldModelActors.Rollout;

/// <summary>How many bytes of handles an episode can hold at a time, from the shapes of its model: what it asks credit for.</summary>
internal static class LatentFootprint
{
    // Half-precision models take half of it for tokens; images and latents are float32.
    private const long ElementBytes = sizeof(float);

    /// <param name="options">The model.</param>
    /// <param name="plan">The episode.</param>
    /// <param name="iterationsInFlight">See <see cref="RolloutOptions.MaxIterationsInFlight"/>.</param>
    public static long OfEpisode(WorldModelOptions options, EpisodePlan plan, int iterationsInFlight)
    {
        var unet = options.UNet;
        long steps = options.NumObsStepsImagen;
        long width = unet.ContextDim;
        var (height, widthOfImage) = options.ImageSize;
        var image = 3L * height * widthOfImage;
        var frame = (long)options.Autoencoder.EmbedDim * options.LatentSize.Height * options.LatentSize.Width;
        long imageTokens = options.Resampler.NumQueries * options.Resampler.VideoLength;

        // Observed images: those of the committed checkpoint, of each one on its way to the journal, and those just decoded.
        var images = (iterationsInFlight + 2) * steps * image;
        var head = steps * ((2L * unet.Head.SpatialSoftmaxKeyPoints) + unet.Head.ObsStateDim);
        var features = ((imageTokens + steps) * width) + (2 * frame) + (2 * head);
        var context = (steps + unet.Head.Horizon + options.ClipText.ContextLength + imageTokens) * width;
        var inputs = ((plan.GuidanceScale != 1 ? 2 : 1) * context) + frame;
        // Predictions that wait to be decoded, and the one that is being sampled.
        var latents = (iterationsInFlight + 1) * (plan.DecodePolicyVideo ? 2L : 1L) * unet.TemporalLength * frame;
        return ElementBytes * (images + features + inputs + latents);
    }
}

using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>
/// Samples the autoencoder's posterior of the last observation. The reference encodes every observed image with fresh noise
/// and uses only the last; a sequential noise source must make the wasted draws too.
/// </summary>
public static class PosteriorNoise
{
    /// <summary>mean + std * noise [1, 4, h, w], the first draw of a call.</summary>
    /// <param name="mean">[1, 4, h, w].</param>
    /// <param name="std">[1, 4, h, w].</param>
    /// <param name="noise">The call's noise.</param>
    /// <param name="images">Observed images n.</param>
    /// <param name="perFrame">One draw [1, 4, h, w] per image, otherwise one [n, 4, h, w].</param>
    public static Tensor Sample(Tensor mean, Tensor std, NoiseStream noise, int images, bool perFrame)
    {
        using var scope = NewDisposeScope();
        var last = images - 1;
        Tensor draw;
        if (!noise.IsSequential || perFrame)
        {
            for (var i = 0; noise.IsSequential && i < last; i++)
                noise.Draw(NoiseTensor.Posterior, i, mean.shape, mean.device);
            draw = noise.Draw(NoiseTensor.Posterior, last, mean.shape, mean.device);
        }
        else
        {
            long[] all = [images, .. mean.shape[1..]];
            draw = noise.Draw(NoiseTensor.Posterior, 0, all, mean.device).narrow(0, last, 1);
        }
        return std.mul(draw).add_(mean).MoveToOuterDisposeScope();
    }
}

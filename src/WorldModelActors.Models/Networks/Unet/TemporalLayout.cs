namespace WorldModelActors.Models;

/// <summary>Memory layout of activations that are normalised and convolved along the frames.</summary>
internal static class TemporalLayout
{
    /// <summary>
    /// [B, T, C, P] → [B, C, T, P], copied to the element order in which the following GroupNorm and (3, 1) convolutions run fastest:
    /// channels last (where GroupNorm is fast; below that it is many times slower) on a CPU from 1024 positions T P on, otherwise contiguous.
    /// </summary>
    public static Tensor Arrange(Tensor frameMajor)
    {
        if (frameMajor.device.type == DeviceType.CPU && frameMajor.size(1) * frameMajor.size(3) >= GroupNormLayer.ChannelsLastPositions)
        {
            using var channelsLast = frameMajor.transpose(2, 3);
            using var copy = channelsLast.contiguous();
            return copy.permute(0, 3, 1, 2);
        }

        using var channelMajor = frameMajor.transpose(1, 2);
        return channelMajor.contiguous();
    }
}

using WorldModelActors.Media;

namespace WorldModelActors.Rollout;

/// <summary>Decoded frames to 8-bit pictures, converted where the frames are, so that a quarter of the bytes are copied.</summary>
public static class FramePictures
{
    /// <summary>
    /// Frames [N, 3, H, W] -> N pictures: clamp to [-1, 1], (v + 1) / 2 * 255, truncated (as the reference saves videos; the
    /// same float32 operations as <see cref="VideoFrames.ToUInt8(float)"/>).
    /// </summary>
    public static IReadOnlyList<Image> FromTensor(Tensor frames)
    {
        using var scope = NewDisposeScope();
        var bytes = frames.clamp(-1, 1).add_(1).div_(2).mul_(255).to(ScalarType.Byte).permute(0, 2, 3, 1).contiguous().cpu();
        int count = (int)frames.size(0), height = (int)frames.size(2), width = (int)frames.size(3);
        var pictures = new Image[count];
        try
        {
            for (var i = 0; i < count; i++)
                pictures[i] = Image.Copy(bytes.bytes.Slice(i * height * width * 3, height * width * 3), height, width);
            return pictures;
        }
        catch
        {
            foreach (var picture in pictures)
                picture?.Dispose();
            throw;
        }
    }
}

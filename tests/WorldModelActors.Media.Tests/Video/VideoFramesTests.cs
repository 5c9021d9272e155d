namespace WorldModelActors.Media.Tests;

public sealed class VideoFramesTests
{
    [Fact]
    public void Frames_are_clamped_and_truncated_as_the_reference_saves_them()
    {
        var values = GoldenData.Floats("video_float");
        var bytes = new byte[values.Length];
        VideoFrames.ToUInt8(values, bytes);
        Assert.Equal(GoldenData.Bytes("video_u8_saved"), bytes);
    }

    [Fact]
    public void A_planar_frame_becomes_an_interleaved_picture()
    {
        using var picture = VideoFrames.ToImage(GoldenData.Floats("video_float"), 8, 8);
        var planes = GoldenData.Bytes("video_u8_saved");
        for (var i = 0; i < 64; i++)
        {
            Assert.Equal<byte>([planes[i], planes[64 + i], planes[128 + i]], picture.Pixels.Slice(i * 3, 3).ToArray());
        }
    }

    [Fact]
    public void One_frame_of_a_video_is_that_frame()
    {
        // [3, 2, 1, 2]: red, green and blue of frame 0 and of frame 1.
        float[] video = [-1, 0, 1, 1, -1, -1, 0, 0, 1, -1, 2, -2];
        using var first = VideoFrames.ToImage(video, 2, 1, 2, 0);
        using var second = VideoFrames.ToImage(video, 2, 1, 2, 1);
        Assert.Equal<byte>([0, 0, 255, 127, 0, 0], first.Pixels.ToArray());
        Assert.Equal<byte>([255, 127, 255, 255, 127, 0], second.Pixels.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => VideoFrames.ToImage(video, 2, 1, 2, 2));
        Assert.Throws<ArgumentException>(() => VideoFrames.ToImage(video, 3, 1, 2, 0));
    }

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.PositiveInfinity, 255)]
    [InlineData(float.NegativeInfinity, 0)]
    public void Values_that_are_not_finite_stay_in_range(float value, byte expected) => Assert.Equal(expected, VideoFrames.ToUInt8(value));
}

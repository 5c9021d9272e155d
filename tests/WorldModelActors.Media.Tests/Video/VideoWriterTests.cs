namespace WorldModelActors.Media.Tests;

public sealed class VideoWriterTests
{
    [Fact]
    public void Every_frame_is_in_the_video_once_and_in_order()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("video.mp4");
        using (var writer = VideoWriter.Create(path, 64, 96, fps: 10))
        {
            for (var i = 0; i < 40; i++)
            {
                using var frame = Pictures.Gradient(64, 96, i);
                writer.Append(frame);
            }

            Assert.False(File.Exists(path));
            writer.Complete();
        }

        Assert.Equal([path], Directory.GetFiles(directory.Path));
        using var reader = VideoReader.Open(path);
        Assert.Equal((64, 96, 40L), (reader.Height, reader.Width, reader.FrameCount));
        Assert.Equal(10, reader.Fps, 1e-6);
        var count = 0;
        while (reader.Read() is { } frame)
        {
            using (frame)
            using (var expected = Pictures.Gradient(64, 96, count))
            {
                Assert.True(PeakSignalToNoise.Of(frame, expected) > 25);
            }

            count++;
        }

        Assert.Equal(40, count);
    }

    [Fact]
    public void An_interrupted_video_keeps_the_frames_written()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("video.mp4");
        using (var writer = VideoWriter.Create(path, 32, 32, fps: 7.5))
        {
            for (var i = 0; i < 5; i++)
            {
                using var frame = Pictures.Gradient(32, 32, i);
                writer.Append(frame);
            }
        }

        Assert.Equal([path], Directory.GetFiles(directory.Path));
        using var reader = VideoReader.Open(path);
        Assert.Equal(5, reader.FrameCount);
        Assert.Equal(7.5, reader.Fps, 1e-6);
    }

    [Fact]
    public void A_video_replaces_an_older_one_only_when_it_is_finished()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("video.mp4");
        File.WriteAllText(path, "older");
        using var writer = VideoWriter.Create(path, 32, 32, fps: 8);
        using var frame = Pictures.Gradient(32, 32);
        writer.Append(frame);
        Assert.Equal("older", File.ReadAllText(path));
        writer.Complete();
        using var reader = VideoReader.Open(path);
        Assert.Equal(1, reader.FrameCount);
        Assert.Throws<ObjectDisposedException>(() => writer.Append(frame));
    }

    [Fact]
    public void Without_frames_nothing_is_left_behind()
    {
        using var directory = new TemporaryDirectory();
        using (var writer = VideoWriter.Create(directory.File("video.mp4"), 32, 32, fps: 8))
        {
            Assert.Throws<MediaException>(writer.Complete);
        }

        Assert.Empty(Directory.GetFiles(directory.Path));
    }

    [Fact]
    public void What_cannot_be_written_is_said_in_one_line()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("video.mp4");
        File.WriteAllText(directory.File("file"), "");
        var underFile = Path.Combine(directory.File("file"), "video.mp4");
        Refused(() => VideoWriter.Create(underFile, 32, 32, 8), underFile);
        Refused(() => VideoWriter.Create("/proc/wma/video.mp4", 32, 32, 8), "/proc/wma/video.mp4");
        Refused(() => VideoWriter.Create(path, 32, 32, 8, "zzzz"), "zzzz");
        Refused(() => VideoWriter.Create(path, 32, 32, 8, "h264high"), "h264high");
        Refused(() => VideoWriter.Create(path, 33, 32, 8), "32x33");
        Refused(() => VideoWriter.Create(path, 32, 32, double.NaN), "NaN");
        Refused(() => VideoWriter.Create(directory.File("video.gif"), 32, 32, 8), ".mp4");
        Assert.Equal([directory.File("file")], Directory.GetFiles(directory.Path));

        using var writer = VideoWriter.Create(path, 32, 32, 8);
        using var other = Pictures.Gradient(16, 32);
        Assert.Contains("32x16", Assert.Throws<MediaException>(() => writer.Append(other)).Message);
    }

    [Theory]
    [InlineData("video.avi", "MJPG")]
    [InlineData("video.mkv", "FFV1")]
    public void Other_codecs_are_chosen_by_their_four_characters(string name, string codec)
    {
        using var directory = new TemporaryDirectory();
        using var frame = Pictures.Gradient(32, 32);
        using (var writer = VideoWriter.Create(directory.File(name), 32, 32, 8, codec))
        {
            writer.Append(frame);
            writer.Complete();
        }

        using var reader = VideoReader.Open(directory.File(name));
        using var back = reader.Read();
        Assert.NotNull(back);
        Assert.True(PeakSignalToNoise.Of(frame, back) > 30);
        Assert.Null(reader.Read());
    }

    /// <summary>What is compared with the truth is the decoded frames, but people look at the video: it must be faithful.</summary>
    [Fact]
    public void The_default_codec_is_faithful_to_a_demo_episode()
    {
        using var directory = new TemporaryDirectory();
        using var strip = Image.Load(RepositoryFiles.Demo("truth", "0.png"));
        const int FrameBytes = 64 * 64 * Image.Channels;
        using (var writer = VideoWriter.Create(directory.File("video.mp4"), 64, 64, 10))
        {
            for (var i = 0; i < 81; i++)
            {
                writer.Append(strip.Pixels.Slice(i * FrameBytes, FrameBytes));
            }

            writer.Complete();
        }

        using var reader = VideoReader.Open(directory.File("video.mp4"));
        for (var i = 0; i < 81; i++)
        {
            using var frame = reader.Read();
            using var truth = Image.Copy(strip.Pixels.Slice(i * FrameBytes, FrameBytes), 64, 64);
            Assert.True(PeakSignalToNoise.Of(frame!, truth) > 28, $"frame {i}: {PeakSignalToNoise.Of(frame!, truth):F2} dB");
        }
    }

    [Fact]
    public void A_file_that_is_no_video_is_refused()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.File("text.mp4"), "no video");
        Assert.Contains("text.mp4", Assert.Throws<MediaException>(() => VideoReader.Open(directory.File("text.mp4"))).Message);
        Assert.Contains("no such video", Assert.Throws<MediaException>(() => VideoReader.Open(directory.File("absent.mp4"))).Message);
    }

    private static void Refused(Func<VideoWriter> create, string named)
    {
        var error = Assert.Throws<MediaException>(() => create().Dispose());
        Assert.Contains(named, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}

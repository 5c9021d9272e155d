using System.Text.Json.Nodes;

namespace WorldModelActors.Media.Tests;

public sealed class EpisodeFolderTests
{
    [Fact]
    public void A_record_reads_back_as_the_same_run()
    {
        using var directory = new TemporaryDirectory();
        var record = Record();
        using (var folder = EpisodeFolder.Open(directory.Path))
        {
            folder.Write(record);
        }

        var read = EpisodeFolder.ReadRecord(directory.Path);

        Assert.NotNull(read);
        Assert.True(record.IsSameRun(read) && read.IsSameRun(record));
        Assert.Equal(record with { Arguments = read.Arguments }, read);
        Assert.Equal(["episode.json"], Directory.EnumerateFileSystemEntries(directory.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Another_seed_model_prompt_or_video_is_another_run()
    {
        var record = Record();

        Assert.False(record.IsSameRun(Record() with { Arguments = new JsonObject { ["seed"] = 2 } }));
        Assert.False(record.IsSameRun(Record() with { Instruction = "stay" }));
        Assert.False(record.IsSameRun(Record() with { Model = record.Model with { Digest = "b" } }));
        Assert.False(record.IsSameRun(Record() with { Model = record.Model with { ConfigurationDigest = "b" } }));
        Assert.False(record.IsSameRun(Record() with { Prompt = record.Prompt with { Digest = "b" } }));
        Assert.False(record.IsSameRun(Record() with { Video = record.Video with { Fps = 9 } }));
        Assert.True(record.IsSameRun(Record() with { Status = EpisodeRecord.Failed, Timings = record.Timings with { Total = 9 } }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("{\"episode\": 1}")]
    [InlineData("{}")]
    public void A_damaged_record_is_none(string text)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(Path.Combine(directory.Path, "episode.json"), text);

        Assert.Null(EpisodeFolder.ReadRecord(directory.Path));
    }

    [Fact]
    public void A_folder_has_one_writer()
    {
        using var directory = new TemporaryDirectory();
        using (EpisodeFolder.Open(directory.Path))
        {
            var failure = Assert.Throws<MediaException>(() => EpisodeFolder.Open(directory.Path));
            Assert.Contains(directory.Path, failure.Message);
        }

        using var again = EpisodeFolder.Open(directory.Path);
    }

    [Fact]
    public void Videos_that_are_not_completed_keep_their_frames()
    {
        using var directory = new TemporaryDirectory();
        using var folder = EpisodeFolder.Open(directory.Path);
        using (var videos = folder.BeginVideos(16, new VideoOptions { Fps = 10 }))
        {
            for (var i = 0; i < 3; i++)
            {
                using var frame = Pictures.Gradient(32, 48, i);
                videos.Append(FrameTrack.World, frame);
            }
        }

        using var reader = VideoReader.Open(folder.VideoPath);
        Assert.Equal(3, reader.FrameCount);
        using var sheet = Image.Load(folder.ContactSheetPath);
        Assert.False(File.Exists(folder.PolicyVideoPath));
    }

    [Fact]
    public void Without_frames_nothing_is_left_and_clearing_leaves_nothing()
    {
        using var directory = new TemporaryDirectory();
        using (var folder = EpisodeFolder.Open(directory.Path))
        {
            using (var videos = folder.BeginVideos(16, new VideoOptions()))
            {
                videos.Complete();
            }

            folder.Write(Record());
            folder.Clear();
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }

    private static EpisodeRecord Record() => new()
    {
        Episode = "pushtable/0",
        Status = EpisodeRecord.Completed,
        Instruction = "push the \"blue\" block, 青い",
        Arguments = new JsonObject { ["seed"] = 1, ["ddim_eta"] = 1.0 },
        Model = new ModelRecord("config.yaml", "a", "model.safetensors", "a", 7),
        Prompt = new PromptRecord("pushtable.csv", 2, "0.png", "0.h5", "a"),
        Machine = new MachineRecord("here", "cpu", 2),
        Video = new VideoRecord(80, 8, 64, 64, "mp4v"),
        Timings = new TimingRecord(1, 2, 3, 4, 5, 6, 7),
        Versions = new VersionRecord("0.1.0", "1.13.0", "10.0", "Debian"),
        Started = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Ended = new DateTimeOffset(2026, 1, 2, 3, 4, 6, TimeSpan.Zero),
    };
}

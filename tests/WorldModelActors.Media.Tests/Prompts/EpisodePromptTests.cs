namespace WorldModelActors.Media.Tests;

public sealed class EpisodePromptTests
{
    private const string Header = "videoid,contentUrl,duration,data_dir,instruction,dynamic_confidence,dynamic_wording,dynamic_source_category,embodiment,fps\n";

    [Fact]
    public void Every_row_is_an_episode_by_default()
    {
        var prompts = PromptDirectory.Open(RepositoryFiles.Demo("prompts"));

        var episodes = EpisodePrompt.Select(prompts, [], [1]);

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"pushtable/{i}"), episodes.Select(episode => episode.Id));
    }

    [Fact]
    public void Several_strides_are_part_of_the_name()
    {
        var prompts = PromptDirectory.Open(RepositoryFiles.Demo("prompts"));

        var episodes = EpisodePrompt.Select(prompts, ["3", "pushtable/1"], [4, 2, 4]);

        Assert.Equal(["pushtable/1_fs4", "pushtable/1_fs2", "pushtable/3_fs4", "pushtable/3_fs2"], episodes.Select(episode => episode.Id));
        Assert.Equal([4, 2, 4, 2], episodes.Select(episode => episode.FrameStride));
    }

    [Fact]
    public void An_unknown_episode_is_named_with_those_that_there_are()
    {
        var prompts = PromptDirectory.Open(RepositoryFiles.Demo("prompts"));

        var failure = Assert.Throws<PromptDataException>(() => EpisodePrompt.Select(prompts, ["0", "99"], [1]));

        Assert.Contains("'99'", failure.Message);
        Assert.Contains("0, 1, 2, 3, 4, 5, 6, 7", failure.Message);
    }

    [Fact]
    public void Two_rows_of_one_name_are_refused_with_their_lines()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(Path.Combine(directory.Path, "set.csv"), Header + "a,x,x,set,go,x,x,x,arm,10\na,x,x,set,stay,x,x,x,arm,10\n");

        var failure = Assert.Throws<PromptDataException>(() => EpisodePrompt.Select(PromptDirectory.Open(directory.Path), [], [1]));

        Assert.Contains("2 and 3", failure.Message);
    }
}

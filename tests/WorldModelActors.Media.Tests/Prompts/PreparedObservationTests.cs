namespace WorldModelActors.Media.Tests;

public sealed class PreparedObservationTests
{
    [Fact]
    public void The_start_of_an_episode_is_prepared_as_the_reference_does()
    {
        var prompts = PromptDirectory.Open(RepositoryFiles.Golden("prompts"));
        var row = Assert.Single(prompts.Rows);
        using var observation = PreparedObservation.Load(prompts, row, frameStride: 4, GoldenData.Height, GoldenData.Width);

        Compare.MeetsGolden(GoldenData.Floats("prepare.image"), observation.Image.Values);
        Compare.MeetsGolden(GoldenData.Floats("prepare.state"), observation.States.Values);
        Compare.MeetsGolden(GoldenData.Floats("prepare.action"), observation.Actions.Values);
        Assert.Equal(GoldenData.Integers("prepare.ori_dims_state_action"), new long[] { observation.StateWidth, observation.ActionWidth });
    }

    [Fact]
    public void Every_demo_prompt_can_be_prepared()
    {
        var prompts = PromptDirectory.Open(RepositoryFiles.Demo("prompts"), "pushtable");
        Assert.Equal(8, prompts.Rows.Count);
        foreach (var row in prompts.Rows)
        {
            using var observation = PreparedObservation.Load(prompts, row, frameStride: 1, 64, 64);
            Assert.Equal((6, 2), (observation.StateWidth, observation.ActionWidth));
            Assert.Equal(10, row.ModelFps(1));
            Assert.All(observation.Actions.Values, value => Assert.InRange(value, -1.2f, 1.2f));
        }
    }

    [Fact]
    public void A_frame_stride_beyond_the_recording_is_refused()
    {
        var prompts = PromptDirectory.Open(RepositoryFiles.Demo("prompts"));
        var error = Assert.Throws<PromptDataException>(() => PreparedObservation.Load(prompts, prompts.Rows[0], frameStride: 6, 64, 64));
        Assert.Contains("0.h5", error.Message);
        Assert.Contains("80 steps; frame stride 6 needs at least 91", error.Message);
    }

    [Fact]
    public void Statistics_of_another_robot_are_refused()
    {
        var prompts = PromptDirectory.Open(RepositoryFiles.Golden("prompts"));
        var other = PromptDirectory.Open(RepositoryFiles.Demo("prompts"));
        using var image = prompts.LoadImage(prompts.Rows[0]);
        var error = Assert.Throws<PromptDataException>(() => PreparedObservation.Prepare(
            image, prompts.LoadTransition(prompts.Rows[0]), other.LoadStatistics("pushtable"), 1, 64, 64));
        Assert.Contains("7 dimensions", error.Message);
        Assert.Contains("stats.safetensors", error.Message);
    }
}

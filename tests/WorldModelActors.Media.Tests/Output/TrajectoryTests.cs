using WorldModelActors.Torch;

namespace WorldModelActors.Media.Tests;

public sealed class TrajectoryTests
{
    [Fact]
    public void Robot_units_are_the_way_back_of_normalisation()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "trajectory.safetensors");
        var actions = new float[3 * UnifiedVector.Width];
        (actions[0], actions[1], actions[16], actions[32]) = (-1, 1, 0, 0.5f);

        new Trajectory
        {
            Actions = actions,
            States = new float[3 * UnifiedVector.Width],
            StartState = new float[UnifiedVector.Width],
            ExecuteSteps = 2,
            ActionWidth = 2,
            StateWidth = 1,
            Statistics = new DatasetStatistics(new FeatureStatistics("action", [0, 10], [4, 20]), new FeatureStatistics("state", [-2], [6])),
            Metadata = new Dictionary<string, string> { ["episode"] = "a/0" },
        }.Save(path);

        using var file = SafetensorsFile.Open(path);
        Assert.Equal([3, 2], file.Entry("action").Shape);
        Assert.Equal([0, 20, 2, 15, 3, 15], file.ReadFloats("action"));
        Assert.Equal([2, 2, 2], file.ReadFloats("state"));
        Assert.Equal([2], file.ReadFloats("start.state"));
        Assert.Equal(actions, file.ReadFloats("action.normalized"));
        Assert.Equal([0, 0, 1], file.ReadInt64s("step.iteration"));
        Assert.Equal([0, 1, 0], file.ReadInt64s("step.frame"));
        Assert.Equal("a/0", file.Metadata["episode"]);
        Assert.Equal("3", file.Metadata["rows"]);
    }
}

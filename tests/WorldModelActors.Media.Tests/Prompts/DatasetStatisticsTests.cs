using System.Runtime.InteropServices;
using System.Text;

namespace WorldModelActors.Media.Tests;

public sealed class DatasetStatisticsTests
{
    [Fact]
    public void The_statistics_of_actions_and_states_are_read()
    {
        var statistics = PromptDirectory.Open(RepositoryFiles.Golden("prompts")).LoadStatistics("tiny_set");
        Assert.Equal(GoldenData.Floats("stats.action.min"), statistics.Action.Min!);
        Assert.Equal(GoldenData.Floats("stats.action.max"), statistics.Action.Max!);
        Assert.Equal(GoldenData.Floats("stats.observation.state.min"), statistics.State.Min!);
        Assert.Equal(GoldenData.Floats("stats.observation.state.max"), statistics.State.Max!);
    }

    [Fact]
    public void Keys_choose_their_statistics_by_what_they_contain()
    {
        var statistics = PromptDirectory.Open(RepositoryFiles.Golden("prompts")).LoadStatistics("tiny_set");
        Assert.Same(statistics.Action, statistics.ForKey("action"));
        Assert.Same(statistics.Action, statistics.ForKey("prev_action"));
        Assert.Same(statistics.State, statistics.ForKey("observation.state"));
        Assert.Same(statistics.State, statistics.ForKey("agent_state"));
        Assert.Null(statistics.ForKey("observation.image"));
    }

    [Fact]
    public void Missing_misshapen_and_broken_statistics_are_named()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("stats.safetensors");
        Assert.Contains("no such file", Refused(path));

        Write(path, ("action/min", [0, 0]), ("action/max", [1, 1]), ("observation.state/min", [0]));
        Assert.Contains("'observation.state/max' is missing; the file has: action/max, action/min, observation.state/min", Refused(path));

        Write(path, ("action/min", [0, 0]), ("action/max", [1]), ("observation.state/min", [0]), ("observation.state/max", [1]));
        Assert.Contains("'action/max' has 1 values but 'action/min' has 2", Refused(path));

        Write(path, ("action/min", [float.NaN]), ("action/max", [1]), ("observation.state/min", [0]), ("observation.state/max", [1]));
        Assert.Contains("'action/min' holds values that are not finite", Refused(path));

        File.WriteAllBytes(path, File.ReadAllBytes(path)[..20]);
        Refused(path);
    }

    private static string Refused(string path)
    {
        var error = Assert.Throws<PromptDataException>(() => DatasetStatistics.Load(path));
        Assert.Contains(path, error.Message);
        return error.Message;
    }

    private static void Write(string path, params (string Name, float[] Values)[] tensors)
    {
        var offset = 0;
        var entries = new List<string>();
        foreach (var (name, values) in tensors)
        {
            var end = offset + (values.Length * sizeof(float));
            entries.Add($"\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{values.Length}],\"data_offsets\":[{offset},{end}]}}");
            offset = end;
        }

        var header = Encoding.UTF8.GetBytes("{" + string.Join(",", entries) + "}");
        File.WriteAllBytes(path, [
            .. BitConverter.GetBytes((long)header.Length),
            .. header,
            .. tensors.SelectMany(tensor => MemoryMarshal.AsBytes(tensor.Values.AsSpan()).ToArray()),
        ]);
    }
}

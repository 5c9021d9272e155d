using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes.Tests;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{"b": 1, "a": [1.0, 2.50, 1e2], "c": {"y": null, "x": true}}""", """{"a":[1,2.5,100],"b":1,"c":{"x":true,"y":null}}""")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("-0.0", "0")]
    [InlineData("0.1", "0.1")]
    [InlineData("1e-7", "1E-07")]
    [InlineData("\"\\u00e4\\n\"", "\"ä\\n\"")]
    public void Equal_content_has_one_text(string text, string expected) => Assert.Equal(expected, CanonicalJson.Text(JsonNode.Parse(text)));

    [Fact]
    public void Ids_do_not_depend_on_order_or_spelling()
    {
        var one = new PlannedEpisode("a", JsonNode.Parse("""{"seed": 1, "guidance": 7.50}""")!.AsObject(), 3);
        var two = new PlannedEpisode("b", new JsonObject { ["guidance"] = 7.5, ["seed"] = 1L }, 3);
        Assert.Equal(Plans.Sweep().IdOf(one), Plans.Sweep().IdOf(two));
        Assert.Matches("^[0-9a-f]{32}$", Plans.Sweep().IdOf(one));
        Assert.NotEqual(Plans.Sweep("x").IdOf(one), Plans.Sweep("y").IdOf(one));
        Assert.NotEqual(Plans.Sweep().IdOf(Plans.Episode(1)), Plans.Sweep().IdOf(Plans.Episode(2)));
    }

    [Fact]
    public void Trajectory_rows_go_there_and_back()
    {
        var rows = new TrajectoryRows(3, new[] { 1f, float.NaN, -0f }, new[] { float.MaxValue, 2f, float.Epsilon });
        var read = TrajectoryRows.FromBytes(rows.ToBytes());
        Assert.Equal(rows.ToBytes(), read.ToBytes());
        Assert.Equal((3, 1), (read.Width, read.Count));
        Assert.Throws<StoreException>(() => TrajectoryRows.FromBytes(rows.ToBytes().AsSpan(0, 20)));
        Assert.Throws<StoreException>(() => TrajectoryRows.FromBytes([]));
        Assert.Throws<ArgumentException>(() => new TrajectoryRows(2, new float[3], new float[3]));
    }
}

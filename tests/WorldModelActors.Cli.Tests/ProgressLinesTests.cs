using FsCheck;
using FsCheck.Fluent;
using Spectre.Console;
using WorldModelActors.Rollout;
using WorldModelActors.Telemetry;

namespace WorldModelActors.Cli.Tests;

public sealed class ProgressLinesTests
{
    private static readonly LaneShare[] s_lanes =
        [new("cpu", Lane.UNet, 0.93), new("cpu", Lane.Condition, 0.01), new("cpu", Lane.Encode, 0.02), new("cpu", Lane.Decode, 0.12), new("host", Lane.Write, 0.01)];

    [Fact]
    public void Each_episode_has_a_line_then_the_lanes_then_the_whole()
    {
        var lines = Plain(Snapshot(2, s_lanes), 140, 20);

        Assert.Equal(
            [
                "pushtable/0  ━━━━━━━━────────  2/5  world model 7/16     12 frames  push the [blue] block to the right",
                "pushtable/1  ━━━━━━━━────────  2/5  world model 7/16     12 frames  push the [blue] block to the right",
                "cpu   UNet  93 %  condition   1 %  encode   2 %  decode  12 %   host  write   1 %",
                "━━━━━━━━━━━━━━━━──────────────────────── 40 %  1 of 8 done  0:20 elapsed  0:30 left  3.4 frames/s",
            ],
            lines);
    }

    [Fact]
    public void Devices_have_lines_of_their_own()
    {
        var lines = Plain(Snapshot(1, [new("cuda:0", Lane.UNet, 1), new("cuda:1", Lane.UNet, 0.5), new("host", Lane.Write, 0)]), 140, 20);

        Assert.Equal(["cuda:0  UNet 100 %", "cuda:1  UNet  50 %", "host    write   0 %"], lines.Skip(1).Take(3));
    }

    [Fact]
    public void More_episodes_than_the_terminal_has_lines_are_counted()
    {
        var lines = Plain(Snapshot(40, s_lanes), 100, 10);

        Assert.Equal(10, lines.Count);
        Assert.StartsWith("pushtable/6 ", lines[6]);
        Assert.Equal("and 33 more episodes", lines[7]);
    }

    [Fact]
    public void Nothing_is_wider_or_higher_than_the_terminal() =>
        Prop.ForAll(
            Gen.Choose(0, 30).SelectMany(episodes => Gen.Two(Gen.Choose(1, 200)).Select(size => (Episodes: episodes, Width: size.Item1, Height: size.Item2 / 6 + 1))).ToArbitrary(),
            x =>
            {
                var lines = Plain(Snapshot(x.Episodes, s_lanes), x.Width, x.Height);
                Assert.InRange(lines.Count, 1, x.Height);
                Assert.All(lines, line => Assert.True(line.Length <= x.Width, line));
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    private static ProgressSnapshot Snapshot(int running, IReadOnlyList<LaneShare> lanes) => new(
        [.. Enumerable.Range(0, running).Select(i => new EpisodeStanding($"pushtable/{i}", "push the [blue] block to the right", 2, 5, "world model", 7, 16, 12, 0.5))],
        8, 1, 0.4, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30), 3.4, lanes);

    private static List<string> Plain(ProgressSnapshot now, int width, int height) => [.. ProgressLines.Draw(now, width, height).Select(Markup.Remove)];
}

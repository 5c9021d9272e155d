using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability.Tests;

/// <summary>No space is left below the state folder.</summary>
public sealed class DiskFullTests(Demo demo)
{
    [Fact]
    public async Task The_node_says_so_keeps_the_last_commit_and_goes_on_when_there_is_space_again()
    {
        using var folder = new ScratchFolder();
        var (mounted, reason) = TinyDisk.Mount(folder["disk"], mebibytes: 16);
        Assert.SkipWhen(mounted is null, reason ?? "");
        using var disk = mounted!;
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0), state: Path.Combine(disk.Path, "state"));
        var node = scenario.Node("node", "--exit-when-done");
        await WriterTrap.AfterAsync(node, scenario.Place.State, "segment-000000", scenario.Stop);
        disk.Fill();
        node.Send(Signal.Continue);
        await node.LineAsync("no space is left", scenario.Stop);
        var full = Assert.Single(await scenario.Place.DossiersAsync(scenario.Stop));
        Assert.NotEqual(JournalState.Completed, full.Episode.State);

        disk.Free();
        Assert.True(await node.EndAsync(scenario.Stop) == 0, node.Text);

        var dossier = Assert.Single(await scenario.IntactAsync());
        Assert.Equal(0, dossier.Count(EventKind.Rewound));
    }
}

using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability.Tests;

/// <summary>Files of an episode that nobody owns at the moment are damaged: it goes back as far as it must, and gives the same result.</summary>
public sealed class TornFilesTests(Demo demo)
{
    public enum Damage
    {
        Truncated,
        Corrupted,
        Missing,
    }

    [Theory]
    // The last checkpoint: one step back, to the one before it.
    [InlineData("queue-000001", Damage.Corrupted, 1)]
    [InlineData("queue-000001", Damage.Truncated, 1)]
    // A segment: back to before it.
    [InlineData("segment-000000", Damage.Truncated, 0)]
    [InlineData("segment-000001", Damage.Missing, 1)]
    public async Task It_goes_back_and_gives_the_same_result(string file, Damage damage, int committed)
    {
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0));
        var victim = scenario.Node("victim");
        // Before the third iteration is committed.
        await WriterTrap.CatchAsync(victim, scenario.Place.State, "segment-000002", scenario.Stop);
        await victim.KillAsync(scenario.Stop);
        var before = Assert.Single(await scenario.Place.DossiersAsync(scenario.Stop));
        Assert.Equal(2, before.Episode.Committed);
        Inflict(damage, Directory.EnumerateFiles(scenario.Place.Files.FolderOf(before.Episode.Id), file + "*").Single());

        await scenario.FinishAsync("heir");

        var dossier = Assert.Single(await scenario.IntactAsync());
        var rewound = Assert.Single(dossier.Events, it => it.Kind == EventKind.Rewound);
        Assert.Equal(committed, (int)rewound.Data["committed"]!);
        Assert.Contains(file, (string)rewound.Data["cause"]!);
    }

    private static void Inflict(Damage damage, string path)
    {
        switch (damage)
        {
            case Damage.Truncated:
                FileDamage.Truncate(path);
                break;
            case Damage.Corrupted:
                FileDamage.Corrupt(path);
                break;
            default:
                File.Delete(path);
                break;
        }
    }
}

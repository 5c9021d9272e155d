using System.CommandLine;
using WorldModelActors.Episodes;
using WorldModelActors.Rollout;

namespace WorldModelActors.Cli.Tests;

/// <summary>What <c>wma submit</c> plans.</summary>
public sealed class SubmitOptionSetTests
{
    private static readonly string s_assets = Path.Combine(Root(), "assets");
    private static readonly string s_file = Path.Combine(s_assets, "demo-sweep.yaml");
    private static readonly string[] s_flags = ["--name", "flags", "--model", Path.Combine(s_assets, "demo-world-model"), "--prompts", Path.Combine(s_assets, "demo-world-model", "prompts")];

    [Fact]
    public void Flags_fill_in_what_the_file_leaves_open()
    {
        var planned = Plan(s_file, "--ddim-eta", "0.5", "--exe-steps", "8");
        Assert.Equal(8, planned.Episodes.Count);
        Assert.All(planned.Examples, spec => Assert.Equal(("0.5", "8", "10"), (spec.Settings["wma.sampler.ddim-eta"], spec.Settings["wma.rollout.exe-steps"], spec.Settings["wma.media.fps"])));
    }

    [Theory]
    [InlineData("--iterations", "3", "--iterations: ")]
    [InlineData("--ddim-steps", "3", "--ddim-steps: ")]
    [InlineData("--episode", "3", "--episode: ")]
    [InlineData("--name", "x", "--name: with a sweep file, set 'name:' in ")]
    [InlineData("--repeats", "2", "--repeats: with a sweep file, set 'repeats:' in ")]
    public void Flags_do_not_contradict_the_file(string flag, string value, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<UsageException>(() => Plan(s_file, flag, value)).Message, StringComparison.Ordinal);

    [Fact]
    public void Flags_alone_are_a_sweep()
    {
        var planned = Plan([.. s_flags, "--episode", "3", "--frame-stride", "1", "--repeats", "2", "--bytes", "1GiB", "--priority", "4"]);
        Assert.Equal(["pushtable/3", "pushtable/3#2"], planned.Episodes.Select(episode => episode.Name));
        Assert.Equal((1L << 30, 4), (planned.Episodes[0].Bytes, planned.Episodes[0].Priority));
        Assert.Contains("--name NAME", Assert.Throws<UsageException>(() => Plan()).Message, StringComparison.Ordinal);
        Assert.Contains("--bytes much", Assert.Throws<UsageException>(() => Plan([.. s_flags, "--bytes", "much"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_model_cannot_do_is_refused() =>
        Assert.Contains("exe-steps 17: use 1 to 16", Assert.Throws<RolloutException>(() => Plan([.. s_flags, "--frame-stride", "1", "--exe-steps", "17"])).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Submitting_again_adds_nothing()
    {
        var stop = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("wma-cli-");
        try
        {
            var location = Path.Combine(folder.FullName, "store.sqlite");
            for (var i = 0; i < 2; i++)
            {
                Assert.Equal(ExitCode.Done, await SubmitCommand.Create().Parse([s_file, "--store", location]).InvokeAsync(cancellationToken: stop));
            }

            await using var store = await EpisodeStores.OpenAsync(StoreLocation.Parse(location), stop: stop);
            Assert.Equal(8, Assert.Single((await store.SummaryAsync(stop: stop)).Sweeps).Count);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static PlannedSweep Plan(params string[] arguments)
    {
        var options = new SubmitOptionSet();
        var command = new Command("submit");
        options.AddAllTo(command);
        var line = command.Parse(arguments);
        Assert.Empty(line.Errors);
        return options.Plan(line);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WorldModelActors.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("no WorldModelActors.sln above the tests");
        }

        return folder;
    }
}

using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using WorldModelActors.Settings;

namespace WorldModelActors.Episodes.Tests;

/// <summary>What a sweep consists of.</summary>
public sealed class SweepPlannerTests
{
    [Fact]
    public void A_spec_holds_every_setting_that_has_a_value()
    {
        using var home = new SweepHome();
        var planned = home.Plan("settings: {fps: 10, zero-predicted-state: yes}\ngrid: {ddim-eta: [0.50, 1]}");
        var spec = planned.Specs()[0];
        var reference = BuiltInSettings.Reference(_ => null);
        foreach (var key in new[] { "wma.sampler.ddim-steps", "wma.sampler.noise", "wma.sampler.timestep-spacing", "wma.device.dtype", "wma.rollout.seed", "wma.media.codec", "wma.media.contact-sheet.columns", "wma.rollout.exe-steps" })
        {
            Assert.Equal(reference.GetString(key), spec.Settings[key]);
        }

        Assert.Equal(("10", "on", "0.5", "on"), (spec.Settings["wma.media.fps"], spec.Settings["wma.rollout.zero-predicted-state"], spec.Settings["wma.sampler.ddim-eta"], spec.Settings["wma.rollout.per-frame-autoencoder"]));
        Assert.Equal(home.File("model"), spec.Settings["wma.model.path"]);
        Assert.Equal((home.File("prompts"), "table", "0", 4, 0), (spec.Prompts, spec.Dataset, spec.VideoId, spec.FrameStride, spec.Repeat));
        Assert.DoesNotContain("wma.model.checkpoint", spec.Settings.Keys);
        Assert.All(spec.Settings.Keys, key => Assert.True(EpisodeSpec.Allows(key)));
        Assert.Equal("0.5", Assert.Single(spec.Variant).Value);
        // What the node will do with it: load it again.
        var overrides = new SettingOverrides();
        foreach (var (key, value) in spec.Settings)
        {
            overrides.Set(key, key, value);
        }

        Assert.Equal(0.5, WmaSettings.Load([overrides.ToConfig()], _ => null).Sampler.DdimEta);
    }

    [Fact]
    public void Names_and_order_follow_the_file()
    {
        using var home = new SweepHome("a", "b");
        Assert.Equal(
            [
                "table/a ddim-steps=4 seed=1", "table/b ddim-steps=4 seed=1", "table/a ddim-steps=4 seed=2", "table/b ddim-steps=4 seed=2", "table/a ddim-steps=8 seed=1", "table/b ddim-steps=8 seed=1",
                "table/a ddim-steps=8 seed=2", "table/b ddim-steps=8 seed=2", "table/a#2 ddim-steps=4 seed=1",
            ],
            home.Plan("grid: {ddim-steps: [4, 8], seed: [1, 2]}\nrepeats: 2").Names().Take(9));
    }

    [Fact]
    public void Without_a_grid_every_prompt_runs_once()
    {
        using var home = new SweepHome("a", "b");
        Assert.Equal(["table/a", "table/b"], home.Plan("").Names());
        Assert.Equal(["table/b"], home.Plan("episodes: [b]").Names());
        Assert.Equal(["table/b"], home.Plan("grid: {episode: [table/b]}").Names());
        Assert.Equal(["table/b ddim-steps=9"], home.Plan("include: [{ddim-steps: 9, episode: b}]").Names());
    }

    [Theory]
    [InlineData("grid: {ddim-steps: [8, x]}", "wma.sampler.ddim-steps: expected an integer, found 'x' (", "sweep.yaml:4: ddim-steps")]
    [InlineData("grid: {ddim-steps: [8, 1001]}", "expected an integer from 1 to 1000, found '1001'", "sweep.yaml:4: ddim-steps")]
    [InlineData("settings: {ddim-eta: 2}", "expected a number from 0 to 1, found '2'", "sweep.yaml:4: ddim-eta")]
    [InlineData("include: [{dtype: float8}]", "expected one of float32, bfloat16, float16", "sweep.yaml:4: dtype")]
    [InlineData("grid: {frame-stride: [0]}", "expected an integer from 1 to 1000", "sweep.yaml:4: frame-stride")]
    [InlineData("grid: {random-weights: [1], checkpoint: [model/config.yaml]}", "choose either this or wma.model.checkpoint", "sweep.yaml:4")]
    [InlineData("settings: {noise: torch}", "cannot be resumed", "sweep.yaml:4: noise")]
    [InlineData("grid: {noise: [philox, torch]}", "cannot be resumed", "sweep.yaml:4: noise")]
    [InlineData("grid: {model: [other]}", "no such file", "sweep.yaml:4: model")]
    [InlineData("episodes: ['9']", "no episode '9'", "sweep.yaml:4: episodes")]
    [InlineData("grid: {episode: ['9']}", "no episode '9'", "sweep.yaml:4: episode")]
    [InlineData("dataset: other", "no data set 'other'", "sweep.yaml:4: dataset")]
    [InlineData("grid: {seed: [1]}\nexclude: [{seed: 2}]", "excludes nothing", "sweep.yaml:5: exclude")]
    [InlineData("grid: {seed: [1]}\nexclude: [{seed: 1}]", "every point is excluded", "sweep.yaml")]
    [InlineData("grid: {seed: [1]}\nexclude: [{ddim-steps: 1}]", "can be excluded: seed", "sweep.yaml:5: ddim-steps")]
    [InlineData("grid: {ddim-steps: [1]}\nreference: {ddim-steps: 2}", "no point of the sweep has these values", "sweep.yaml:5: reference")]
    [InlineData("grid: {seed: [1]}\nreference: {seed: 1}", "leave it out", "sweep.yaml:5: seed")]
    [InlineData("reference: {ddim-steps: 1}", "only what the grid or an included point varies", "sweep.yaml:4: ddim-steps")]
    public void What_cannot_run_is_refused_at_planning(string lines, string fault, string place)
    {
        using var home = new SweepHome();
        var refusal = Assert.Throws<SweepException>(() => home.Plan(lines));
        Assert.Contains(fault, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(place, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prompts/images/table/1.png", "picture")]
    [InlineData("prompts/transitions/table/1.h5", "transitions")]
    [InlineData("prompts/transitions/table/meta_data/stats.safetensors", "statistics")]
    public void Missing_prompt_files_are_refused_at_planning(string file, string what)
    {
        using var home = new SweepHome();
        File.Delete(home.File(file));
        var refusal = Assert.Throws<SweepException>(() => home.Plan(""));
        Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(home.File(file), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_fill_in_what_the_file_leaves_open()
    {
        using var home = new SweepHome("a", "b");
        var flags = new SettingOverrides().Set("wma.sampler.ddim-steps", "--ddim-steps", "7").Set("wma.sampler.ddim-eta", "--ddim-eta", "0.25")
            .SetList("wma.rollout.frame-stride", "--frame-stride", ["1", "2"]).ToConfig();
        var planned = SweepHome.Plan(home.Sweep("settings: {ddim-steps: 9}"), flags);
        Assert.Equal(["table/a frame-stride=1", "table/b frame-stride=1", "table/a frame-stride=2", "table/b frame-stride=2"], planned.Names());
        Assert.Equal([1, 1, 2, 2], planned.Specs().Select(spec => spec.FrameStride));
        Assert.All(planned.Specs(), spec => Assert.Equal(("9", "0.25"), (spec.Settings["wma.sampler.ddim-steps"], spec.Settings["wma.sampler.ddim-eta"])));
        var torch = new SettingOverrides().Set("wma.rollout.decode-policy-video", "--decode-policy-video", true).ToConfig();
        Assert.Contains("--decode-policy-video", Assert.Throws<SweepException>(() => SweepHome.Plan(home.Sweep(""), torch)).Message, StringComparison.Ordinal);
        var unknown = HoconConfig.Parse("wma.sampler.steps = 1", "my.conf");
        Assert.Contains("my.conf", Assert.Throws<HoconException>(() => SweepHome.Plan(home.Sweep(""), unknown)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_needs_no_file()
    {
        using var home = new SweepHome("a", "b");
        var flags = new SettingOverrides().Set("wma.model.path", "--model", home.File("model")).Set("wma.rollout.prompts", "--prompts", home.File("prompts"))
            .SetList("wma.rollout.episodes", "--episode", ["b"]).Set("wma.rollout.seed", "--seed", "5").ToConfig();
        var planned = SweepHome.Plan(SweepFile.OfSettings("flags", repeats: 2), flags);
        Assert.Equal(["table/b", "table/b#2"], planned.Names());
        Assert.Equal("5", planned.Specs()[0].Settings["wma.rollout.seed"]);
        Assert.Contains("no prompts", Assert.Throws<SweepException>(() => SweepHome.Plan(SweepFile.OfSettings("flags"))).Message, StringComparison.Ordinal);
        Assert.Contains("--name", Assert.Throws<SweepException>(() => SweepFile.OfSettings("a b")).Message, StringComparison.Ordinal);
        Assert.Contains("--repeats", Assert.Throws<SweepException>(() => SweepFile.OfSettings("a", repeats: 0)).Message, StringComparison.Ordinal);
    }

    /// <summary>Sizes of three lists, prompts and repeats.</summary>
    private static readonly Gen<int[]> s_sizes = Gen.Choose(1, 4).ArrayOf(5);

    [Fact]
    public void The_grid_is_the_product_of_its_lists() => Law.Holds(
        s_sizes,
        sizes =>
        {
            using var home = new SweepHome([.. Enumerable.Range(0, sizes[3]).Select(i => $"p{i}")]);
            var planned = home.Plan(Grid(sizes) + $"\nrepeats: {sizes[4]}");
            Assert.Equal(sizes.Aggregate(1, (product, size) => product * size), planned.Episodes.Count);
            Assert.Equal(planned.Episodes.Count, planned.Ids().Distinct().Count());
        },
        count: 30);

    [Fact]
    public void What_is_excluded_is_gone_and_nothing_else() => Law.Holds(
        s_sizes,
        sizes =>
        {
            using var home = new SweepHome("a");
            var whole = home.Plan(Grid(sizes));
            bool IsOut(EpisodeSpec spec) => spec.Variant["ddim-steps"] == "1" && spec.Variant["seed"] == "1";
            if (whole.Specs().All(IsOut))
            {
                return;
            }

            var rest = home.Plan(Grid(sizes) + "\nexclude: [{seed: 1, ddim-steps: 1}]");
            Assert.Equal(whole.Names().Where((_, i) => !IsOut(whole.Specs()[i])), rest.Names());
            // An included point is there whatever is excluded; one that is there already adds nothing.
            var again = home.Plan(Grid(sizes) + "\nexclude: [{seed: 1, ddim-steps: 1}]\ninclude: [{seed: 1, ddim-steps: 1, ddim-eta: 1}, {seed: 1, ddim-steps: 1, ddim-eta: 1.0}]");
            Assert.Equal(rest.Episodes.Count + 1, again.Episodes.Count);
            Assert.Equal(rest.Names(), again.Names().SkipLast(1));
        },
        count: 30);

    [Fact]
    public void Ids_depend_on_the_episodes_and_not_on_how_they_are_written()
    {
        using var home = new SweepHome("a", "b");
        var one = home.Plan("settings: {ddim-eta: 1}\ngrid: {ddim-steps: [4, 8], seed: [1, 2]}\nreference: {ddim-steps: 4}");
        foreach (var same in new[]
        {
            home.Plan("settings: {ddim-eta: 1}\ngrid: {ddim-steps: [4, 8], seed: [1, 2]}\nreference: {ddim-steps: 4}"),
            home.Plan("reference: {ddim-steps: 4}\ngrid: {seed: [2, 1], ddim-steps: [8, 4]}\nsettings: {ddim-eta: 1}"),
            home.Plan("settings: {wma.sampler.ddim-eta: 1.0}\ngrid: {wma.sampler.ddim-steps: ['8', 4], seed: [01, 2]}\nreference: {ddim-steps: 4}"),
            home.Plan("settings: {ddim-eta: 1}\ngrid: {ddim-steps: [8], seed: [1, 2]}\ninclude: [{ddim-steps: 4}]\nreference: {ddim-steps: 4}"),
            home.Plan("priority: 5\nbytes: 1MiB\nsettings: {ddim-eta: 1}\ngrid: {ddim-steps: [4, 8], seed: [1, 2]}\nreference: {ddim-steps: 4}"),
        })
        {
            Assert.Equal(one.Sweep.Id, same.Sweep.Id);
            Assert.Equal(one.Ids().Order(), same.Ids().Order());
        }

        foreach (var other in new[]
        {
            home.Plan("settings: {ddim-eta: 0.5}\ngrid: {ddim-steps: [4, 8], seed: [1, 2]}\nreference: {ddim-steps: 4}"),
            home.Plan("settings: {ddim-eta: 1}\ngrid: {ddim-steps: [4, 8], seed: [1, 3]}\nreference: {ddim-steps: 4}"),
            home.Plan("settings: {ddim-eta: 1}\ngrid: {ddim-steps: [4, 8], seed: [1, 2]}\nreference: {ddim-steps: 8}"),
        })
        {
            Assert.Empty(one.Ids().Intersect(other.Ids()));
        }
    }

    [Fact]
    public async Task Planning_again_adds_nothing()
    {
        using var home = new SweepHome();
        await using var stores = new SqliteHome();
        var store = await stores.OpenAsync();
        var stop = TestContext.Current.CancellationToken;
        var planned = home.Plan("grid: {seed: [1, 2]}");
        Assert.Equal((6, 0), (await store.PlanAsync(planned.Sweep, planned.Episodes, stop)) is var first ? (first.Added, first.Known) : default);
        var again = home.Plan("grid: {seed: [2, 1]}");
        Assert.Equal((0, 6), (await store.PlanAsync(again.Sweep, again.Episodes, stop)) is var second ? (second.Added, second.Known) : default);
        Assert.Equal("test", (await store.RequireSweepAsync("test", stop)).Name);
        Assert.Equal("test", (await store.RequireSweepAsync(planned.Sweep.Id[..6], stop)).Name);
        Assert.Contains("no sweep 'x'; there is: test", (await Assert.ThrowsAsync<SweepException>(() => store.RequireSweepAsync("x", stop))).Message, StringComparison.Ordinal);
        var other = home.Plan("grid: {seed: [3]}");
        await store.PlanAsync(other.Sweep, other.Episodes, stop);
        Assert.Contains("several sweeps are called 'test'", (await Assert.ThrowsAsync<SweepException>(() => store.RequireSweepAsync("test", stop))).Message, StringComparison.Ordinal);
        Assert.Equal(6, (await store.ListAllAsync(EpisodeSelection.OfSweep(planned.Sweep.Id), stop)).Count);
    }

    [Fact]
    public void A_sweep_has_at_most_a_million_episodes()
    {
        using var home = new SweepHome("a");
        var hundred = string.Join(", ", Enumerable.Range(1, 101));
        Assert.Contains("more than 1,000,000 episodes", Assert.Throws<SweepException>(() => home.Plan($"grid: {{seed: [{hundred}], ddim-steps: [{hundred}], exe-steps: [{hundred}]}}")).Message, StringComparison.Ordinal);
        Assert.Contains("more than 1,000,000 episodes", Assert.Throws<SweepException>(() => home.Plan("grid: {seed: [1, 2]}\nrepeats: 600000")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_have_short_names_in_tables_where_they_differ()
    {
        using var home = new SweepHome("a");
        home.Write("small/config.yaml", "");
        home.Write("x/model/config.yaml", "");
        Assert.Equal(["table/a model=model", "table/a model=small"], home.Parse2("model: [model, small]").Names());
        Assert.Equal([$"table/a model={home.File("model")}", $"table/a model={home.File("x", "model")}"], home.Parse2("model: [model, x/model]").Names());
    }

    [Fact]
    public void The_demo_sweep_can_be_planned()
    {
        var planned = SweepHome.Plan(SweepFile.Load(Path.Combine(RepositoryFiles.Root, "assets", "demo-sweep.yaml")));
        Assert.Equal(8, planned.Episodes.Count);
        Assert.All(planned.Episodes, episode => Assert.Equal(2, episode.Iterations));
        Assert.Equal("ddim-steps 2, seed 2", planned.Describe());
    }

    private static string Grid(int[] sizes) => string.Create(
        CultureInfo.InvariantCulture,
        $"grid:\n  ddim-steps: [{List(sizes[0])}]\n  ddim-eta: [{string.Join(", ", Enumerable.Range(1, sizes[1]).Select(i => (1.0 / i).ToString("R", CultureInfo.InvariantCulture)))}]\n  seed: [{List(sizes[2])}]");

    private static string List(int size) => string.Join(", ", Enumerable.Range(1, size));
}

internal static class SweepHomeExtensions
{
    public static PlannedSweep Parse2(this SweepHome home, string grid) => SweepHome.Plan(home.Parse($"name: test\nprompts: prompts\ngrid: {{{grid}}}"));
}

namespace WorldModelActors.Episodes.Tests;

/// <summary>Strict reading: what is wrong is one line with file, line and key.</summary>
public sealed class SweepFileTests
{
    [Fact]
    public void A_whole_file_is_read()
    {
        using var home = new SweepHome();
        var file = home.Sweep(
            """
            dataset: table
            episodes: ["0", "2"]
            settings: { iterations: 4, exe-steps: 16 }
            grid:
              ddim-steps: [8, 16]
              ddim-eta: [0, 1]
              seed: [1, 2, 3]
            include: [ {ddim-steps: 50, ddim-eta: 1} ]
            exclude: [ {ddim-steps: 8, ddim-eta: 1} ]
            repeats: 2
            priority: -3
            bytes: 6GiB
            reference: {ddim-steps: 16, ddim-eta: 1}
            """);
        Assert.Equal(("test", 2, -3, 6L << 30), (file.Name, file.Repeats, file.Priority, file.Bytes));
        var planned = SweepHome.Plan(file);
        // (2 x 2 - 1) points and an included one, each with 3 seeds, for 2 prompts, twice.
        Assert.Equal((3 + 1) * 3 * 2 * 2, planned.Episodes.Count);
        Assert.All(planned.Episodes, episode => Assert.Equal((4, -3, 6L << 30), (episode.Iterations, episode.Priority, episode.Bytes)));
    }

    [Theory]
    [InlineData("nam: x", "sweep.yaml:1: nam: no such key: did you mean 'name'?")]
    [InlineData("model: model", "'name:' is missing")]
    [InlineData("name: a/b", "sweep.yaml:1: name: a sweep's name has 1 to 64 letters")]
    [InlineData("name: a\nname: b", "sweep.yaml:2: 'name' was given in line 1 already")]
    [InlineData("name: a\nddim-steps: [1]", "sweep.yaml:2: ddim-steps: no such key here: it belongs below 'settings:' or 'grid:'")]
    [InlineData("name: a\ngrid: [1]", "sweep.yaml:2: grid: expected 'name: value' pairs")]
    [InlineData("name: a\ngrid:\n  ddim-stps: [1]", "sweep.yaml:3: ddim-stps: no such setting of an episode: did you mean 'ddim-steps'?")]
    [InlineData("name: a\ngrid:\n  ddim-steps: 8", "sweep.yaml:3: ddim-steps: expected a list")]
    [InlineData("name: a\ngrid:\n  ddim-steps: []", "sweep.yaml:3: ddim-steps: expected a list")]
    [InlineData("name: a\ngrid:\n  ddim-eta: [1, 1.0]", "sweep.yaml:3: ddim-eta: the list has '1' twice")]
    [InlineData("name: a\ngrid:\n  ddim-steps: [1]\n  wma.sampler.ddim-steps: [2]", "sweep.yaml:4: wma.sampler.ddim-steps: 'ddim-steps' is in the grid already")]
    [InlineData("name: a\ngrid:\n  ddim-steps: [{a: 1}]", "sweep.yaml:3: ddim-steps: expected a value")]
    [InlineData("name: a\nsettings: {episodes-in-flight: 4}", "sweep.yaml:2: episodes-in-flight: this setting does not belong to an episode")]
    [InlineData("name: a\nsettings: {wma.batching.denoiser.max-batch: 4}", "does not belong to an episode")]
    [InlineData("name: a\nsettings: {decode-policy-video: on}", "does not belong to an episode")]
    [InlineData("name: a\nsettings: {episode: 4}", "choose prompts with 'episodes:'")]
    [InlineData("name: a\nsettings: {seed: 4, wma.rollout.seed: 5}", "'seed' is given twice")]
    [InlineData("name: a\ninclude: {ddim-steps: 4}", "sweep.yaml:2: include: expected a list of points")]
    [InlineData("name: a\nexclude: [{}]", "sweep.yaml:2: exclude: names nothing")]
    [InlineData("name: a\nrepeats: 0", "sweep.yaml:2: repeats: expected an integer from 1 to 1000000")]
    [InlineData("name: a\nrepeats: two", "sweep.yaml:2: repeats: expected an integer")]
    [InlineData("name: a\nbytes: much", "sweep.yaml:2: bytes: expected a size")]
    [InlineData("name: a\nepisodes: ['0']\ngrid: {episode: ['1']}", "the file also has 'episodes:'")]
    [InlineData("name: &a x\nmodel: *a", "sweep.yaml:1: anchors (&name) are not taken here")]
    [InlineData("name: !!binary x", "sweep.yaml:1: tags")]
    [InlineData("name: a\n---\nname: b", "several documents")]
    [InlineData("- a", "is no list of 'key: value'")]
    [InlineData("name: a\nmodel: \"a\\e[2Jb\"", "sweep.yaml:2: model: expected a path")]
    [InlineData("name: a\ngrid: {codec: [\"a\\nb\", \"a\\nb\"]}", "the list has 'a b' twice")]
    [InlineData("", "is empty")]
    [InlineData("name: [a", "no valid YAML")]
    [InlineData("name: a\ngrid: {ddim-steps: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}", "nested deeper than 16 levels")]
    public void What_is_wrong_is_named(string text, string expected)
    {
        using var home = new SweepHome();
        var refusal = Assert.Throws<SweepException>(() => home.Parse(text));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void An_alias_bomb_is_refused_before_it_grows()
    {
        using var home = new SweepHome();
        var bomb = "name: x\na: &a [1,1,1,1,1,1,1,1,1]\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"b{i}: &b{i} [*a,*a,*a,*a,*a,*a,*a,*a]\n"));
        Assert.Contains("anchors", Assert.Throws<SweepException>(() => home.Parse(bomb)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_and_encodings_are_bounded()
    {
        using var home = new SweepHome();
        File.WriteAllText(home.File("long.yaml"), "name: a\n# " + new string('x', SweepFile.MostBytes));
        Assert.Contains("longer than 1 MiB", Assert.Throws<SweepException>(() => SweepFile.Load(home.File("long.yaml"))).Message, StringComparison.Ordinal);
        File.WriteAllBytes(home.File("latin.yaml"), [.. "name: "u8, 0xe4]);
        Assert.Contains("not UTF-8", Assert.Throws<SweepException>(() => SweepFile.Load(home.File("latin.yaml"))).Message, StringComparison.Ordinal);
        Assert.Contains("no such sweep file", Assert.Throws<SweepException>(() => SweepFile.Load(home.File("none.yaml"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model: ../outside/model")]
    [InlineData("model: {outside}/model")]
    [InlineData("model: link")]
    [InlineData("model: inside/../../outside/model")]
    [InlineData("prompts: ../outside")]
    [InlineData("settings: {checkpoint: ../outside/model/config.yaml}")]
    [InlineData("grid: {checkpoint: [../outside/model/config.yaml]}")]
    [InlineData("grid: {model: [link]}")]
    [InlineData("settings: {clip-vocab: /etc/passwd}")]
    public void Paths_do_not_lead_outside(string line)
    {
        using var home = new SweepHome();
        using var outside = new TemporaryFolder();
        home.Write("jail/inside/x", "");
        home.Write("outside/model/config.yaml", "");
        File.CreateSymbolicLink(home.File("jail/link"), home.File("outside/model"));
        var text = "name: a\n" + line.Replace("{outside}", home.File("outside"), StringComparison.Ordinal);
        SweepFile Parse(params string[] roots) => SweepFile.Parse(text, home.File("jail", "sweep.yaml"), roots);
        var refusal = Assert.Throws<SweepException>(() => Parse());
        Assert.Contains("lies outside of", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--root DIR", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("sweep.yaml:2: ", refusal.Message, StringComparison.Ordinal);
        _ = Parse(line.Contains("/etc", StringComparison.Ordinal) ? "/etc" : home.File("outside"));
    }

    [Theory]
    [InlineData("prompts/images/table/1.png")]
    [InlineData("prompts/transitions/table/1.h5")]
    [InlineData("prompts/transitions/table/meta_data/stats.safetensors")]
    [InlineData("prompts/table.csv")]
    [InlineData("model/config.yaml")]
    public void Links_inside_of_what_is_named_do_not_lead_outside(string link)
    {
        using var home = new SweepHome();
        using var outside = new TemporaryFolder();
        File.Move(home.File(link), outside.File("target"));
        File.CreateSymbolicLink(home.File(link), outside.File("target"));
        var refusal = Assert.Throws<SweepException>(() => home.Plan(""));
        Assert.Contains($"leads to {outside.File("target")}, which lies outside of", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(3, home.Plan("", outside.Path).Episodes.Count);
    }

    [Fact]
    public void Nor_do_weights_beside_a_configuration()
    {
        using var home = new SweepHome();
        using var outside = new TemporaryFolder();
        File.WriteAllText(outside.File("secret"), "");
        File.CreateSymbolicLink(home.File("model", "model.ckpt"), outside.File("secret"));
        Assert.Contains(
            "lies outside of",
            Assert.Throws<SweepException>(() => SweepHome.Plan(home.Parse("name: a\nprompts: prompts\nmodel: model/config.yaml"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_in_circles_are_refused()
    {
        using var home = new SweepHome();
        File.CreateSymbolicLink(home.File("a"), home.File("b"));
        File.CreateSymbolicLink(home.File("b"), home.File("a"));
        Assert.Contains("too many symbolic links", Assert.Throws<SweepException>(() => home.Parse("name: x\nmodel: a")).Message, StringComparison.Ordinal);
        Assert.Contains("--root nowhere: no such folder", Assert.Throws<SweepException>(() => home.Parse("name: x", "nowhere")).Message, StringComparison.Ordinal);
    }
}

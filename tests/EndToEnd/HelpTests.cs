using System.Text.RegularExpressions;

namespace WorldModelActors.EndToEnd.Tests;

/// <summary>Help that teaches: every option with its default, examples, exit codes.</summary>
public sealed partial class HelpTests
{
    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task The_program_names_its_commands(params string[] arguments)
    {
        var result = await WmaProcess.RunAsync(arguments);

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Error);
        foreach (var text in new[] { "demo", "rollout", "verify", "inspect", "convert", "bench", "Examples:", "Exit codes:", "130" })
        {
            Assert.Contains(text, result.Output);
        }
    }

    [Fact]
    public async Task Rollout_explains_every_flag_with_its_default()
    {
        var result = await WmaProcess.RunAsync("rollout", "--help");

        Assert.Equal(0, result.ExitCode);
        foreach (var flag in new[]
        {
            "--model", "--ckpt", "--prompts", "--dataset", "--episode", "--iterations", "--ddim-steps", "--ddim-eta", "--guidance-scale",
            "--guidance-rescale", "--timestep-spacing", "--exe-steps", "--frame-stride", "--seed", "--fps", "--device", "--dtype", "--out",
            "--noise", "--random-weights", "--clip-vocab", "--zero-pred-state", "--decode-policy-video", "--codec", "--threads", "--config",
            "--episodes-in-flight", "--trace", "--otlp",
        })
        {
            Assert.Contains("  " + flag, result.Output);
        }

        foreach (var standard in new[] { "[50]", "[1.0]", "[0.7]", "[uniform_trailing]", "[16]", "[123]", "[8]", "[cpu]", "[float32]", "[philox]", "[mp4v]", "[runs/<date>-<time>]" })
        {
            Assert.Contains(standard, result.Output);
        }

        Assert.All(result.Output.Split('\n'), line => Assert.True(line.Length <= 120, line));
    }

    [Fact]
    public async Task Every_flag_that_the_settings_name_is_there()
    {
        var reference = await File.ReadAllTextAsync(Path.Combine(RepositoryPaths.Root, "hocon", "reference.conf"), TestContext.Current.CancellationToken);
        // Where an episode runs without a store, and where with one.
        var help = (await WmaProcess.RunAsync("rollout", "--help")).Output + (await WmaProcess.RunAsync("node", "--help")).Output;

        var named = FlagName().Matches(reference).Select(match => match.Value).Distinct().ToList();

        Assert.NotEmpty(named);
        Assert.All(named, flag => Assert.True(help.Contains("  " + flag, StringComparison.Ordinal) || help.Contains($"({flag})", StringComparison.Ordinal), flag));
    }

    [Theory]
    [InlineData("demo", "wma demo")]
    [InlineData("verify", "wma verify")]
    [InlineData("inspect", "wma inspect")]
    [InlineData("convert", "wma convert")]
    [InlineData("sweep", "wma sweep FILE")]
    [InlineData("sweep report", "wma sweep report SWEEP")]
    [InlineData("submit", "wma submit [FILE]")]
    [InlineData("node", "wma node")]
    [InlineData("node drain", "wma node drain NAME")]
    [InlineData("resume", "wma resume [SWEEP]")]
    [InlineData("status", "wma status [SWEEP]")]
    [InlineData("watch", "wma watch [SWEEP]")]
    [InlineData("cancel", "wma cancel SWEEP|EPISODE")]
    [InlineData("retry", "wma retry SWEEP|EPISODE")]
    [InlineData("episodes list", "wma episodes list")]
    [InlineData("episodes export", "wma episodes export")]
    [InlineData("store check", "wma store check")]
    [InlineData("bench", "wma bench COMMAND")]
    [InlineData("bench overlap", "wma bench overlap")]
    [InlineData("bench batching", "wma bench batching")]
    [InlineData("bench gpu", "wma bench gpu")]
    [InlineData("bench cold", "wma bench cold")]
    public async Task Every_command_has_usage_and_examples(string command, string usage)
    {
        var result = await WmaProcess.RunAsync([.. command.Split(' '), "--help"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(usage, result.Output);
        Assert.Contains("Examples:", result.Output);
    }

    [Fact]
    public async Task Version_names_what_it_stands_on()
    {
        var result = await WmaProcess.RunAsync("--version");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^wma \d+\.\d+\.\d+ \(libtorch \d+\.\d+.*, \.NET 10\.", result.Output);
    }

    [GeneratedRegex("--[a-z][a-z-]+")]
    private static partial Regex FlagName();
}

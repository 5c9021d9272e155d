namespace WorldModelActors.Verify.Tests;

/// <summary>
/// Whole sampling runs: an error above the specification's number passes only within the run's own sensitivity, which is measured the
/// same way every time.
/// </summary>
public sealed class SamplingRunTests
{
    private const string Free = "ddim_a_eta0.safetensors";
    private const string Guided = "ddim_c_eta1_cfg_rescale.safetensors";

    [Fact]
    public void The_perturbation_is_relative_normal_and_repeatable()
    {
        using var scope = NewDisposeScope();
        var x = cat([linspace(-3, -0.01, 2000), zeros([1]), linspace(0.01, 3, 2000)]);
        var perturbed = RunSensitivity.Perturb(x, "x_T", 1);
        var relative = perturbed.@double().div(x.@double()).sub(1).index_select(0, cat([arange(0, 2000), arange(2001, 4001)]));
        Assert.Equal(1e-6, relative.std().item<double>(), 5e-8);
        Assert.Equal(0, relative.mean().item<double>(), 5e-8);
        Assert.Equal(0, perturbed[2000].item<float>());
        Assert.Equal(default, ArrayError.Of(RunSensitivity.Perturb(x, "x_T", 1), perturbed));
        Assert.NotEqual(default, ArrayError.Of(RunSensitivity.Perturb(x, "x_T", 2), perturbed));
        Assert.NotEqual(default, ArrayError.Of(RunSensitivity.Perturb(x, "action_T", 1), perturbed));
    }

    [Fact]
    public void The_sensitivity_of_a_run_is_the_same_every_time()
    {
        var (first, second) = (Measure(), Measure());
        Assert.Equal(first, second);
        Assert.InRange(first.Action, 1e-5, 5e-2);
        Assert.InRange(first.State, 1e-5, 5e-2);
    }

    /// <summary>Relative error and largest error stay within their bounds, so that the run's sensitivity alone refuses the record.</summary>
    [Theory]
    [InlineData(Free, 8e-3f)]
    [InlineData(Guided, 4.5e-2f)]
    public void A_single_wrong_number_beyond_the_runs_sensitivity_fails(string file, float change)
    {
        SkipWithoutFullSet();
        using var set = SetCopy.OfFullSet(file);
        set.Rewrite(file, (name, values) => name == "action" ? Changed(values, change) : values);
        var action = Assert.Single(set.Verify(), r => r.Check == "action");
        Assert.Equal(GoldenStatus.Failed, action.Status);
        Assert.True(action.RelativeL2 <= action.Tolerance!.Value.Value && action.MaximumAbsolute <= action.Tolerance.Value.AbsoluteLimit, GoldenReport.Line(action));
        Assert.Contains("and over the run's own sensitivity", action.Note);
    }

    [Fact]
    public void A_slightly_wrong_weight_fails_the_run()
    {
        SkipWithoutFullSet();
        using var set = SetCopy.OfFullSet(Free).WithOwnModel();
        const string weight = "model.diffusion_model.action_unet.proj_out_action.1.weight";
        set.Rewrite(GoldenSession.WeightsFile, (name, values) => name == weight ? [.. values.Select(v => v * 1.005f)] : values);
        var results = set.Verify();
        Assert.Equal(GoldenStatus.Failed, Assert.Single(results, r => r.Check == "action").Status);
        Assert.Equal(GoldenStatus.Passed, Assert.Single(results, r => r.Check == "state").Status);
    }

    private static float[] Changed(float[] values, float change)
    {
        var at = Array.IndexOf(values, values.MinBy(Math.Abs));
        return [.. values.Select((v, i) => i == at ? v + change : v)];
    }

    private static (double Action, double State) Measure()
    {
        SkipWithoutFullSet();
        using var scope = NewDisposeScope();
        using var session = new GoldenSession(GoldenDirectories.Full, GoldenIndex.Load(GoldenDirectories.Full), new VerifyOptions { ClipVocabulary = "" });
        using var file = new GoldenFile(session.PathOf(Free));
        var source = new SamplingRunSource(session.Model, session.Index.Single(e => e.Name == Free), file);
        using var run = source.Prepare(source.Input);
        using var result = run.Sample();
        var sensitivity = new RunSensitivity(source, result);
        return (sensitivity.Action, sensitivity.State);
    }

    private static void SkipWithoutFullSet() =>
        Assert.SkipUnless(Directory.Exists(GoldenDirectories.Full), $"{GoldenDirectories.Full} is not there");
}

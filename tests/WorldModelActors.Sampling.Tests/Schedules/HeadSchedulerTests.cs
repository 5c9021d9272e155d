namespace WorldModelActors.Sampling.Tests;

public class HeadSchedulerTests
{
    private static readonly HeadScheduler s_head = new();

    [Fact]
    public void Schedule_equals_the_reference_bit_by_bit()
    {
        using var golden = Golden.Open("schedules.safetensors");
        Same.Exactly(golden.ReadFloats("head.betas"), s_head.Betas, "betas");
        Same.Exactly(golden.ReadFloats("head.alphas_cumprod"), s_head.AlphasCumprod, "alphas_cumprod");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(16)]
    [InlineData(25)]
    [InlineData(50)]
    public void Own_timesteps_equal_the_reference(int steps)
    {
        using var golden = Golden.Open("schedules.safetensors");
        Assert.Equal(golden.ReadInt64s($"head.S{steps}.timesteps"), s_head.OwnTimesteps(steps).Select(t => (long)t));
    }

    [Theory]
    [InlineData("uniform", 10)]
    [InlineData("uniform", 16)]
    [InlineData("uniform", 25)]
    [InlineData("uniform", 50)]
    [InlineData("uniform_trailing", 10)]
    [InlineData("uniform_trailing", 16)]
    [InlineData("uniform_trailing", 25)]
    [InlineData("uniform_trailing", 50)]
    public void Steps_equal_the_reference_bit_by_bit_over_a_whole_run(string spacing, int steps)
    {
        using var golden = Golden.Open("schedules.safetensors");
        using var scope = NewDisposeScope();
        var run = $"head.S{steps}.{spacing}";
        var timesteps = golden.ReadInt64s($"{run}.loop_timesteps");
        var x = golden.Tensor($"{run}.x0");
        for (var i = 0; i < timesteps.Length; i++)
        {
            var t = (int)timesteps[i];
            var c = s_head.Coefficients(t, s_head.PreviousTimestep(t, timesteps.Length));
            var coefficients = tensor(
                (float[])[c.SqrtAlpha, c.SqrtOneMinusAlpha, c.SqrtAlphaPrev, c.SqrtOneMinusAlphaPrev], [1, 4, 1, 1]);
            var (previous, x0) = DdimStepper.StepHead(x, golden.Row($"{run}.model_outputs", i).unsqueeze(0), coefficients);
            Same.Exactly(golden.Row($"{run}.samples_after", i).unsqueeze(0), previous, $"{run} step {i}");
            Same.Exactly(golden.Row($"{run}.pred_original_sample", i).unsqueeze(0), x0, $"{run} x0 of step {i}");
            x = previous;
        }
    }

    [Fact]
    public void The_last_step_ends_in_the_clean_sample_or_at_timestep_0()
    {
        Assert.Equal(-1, s_head.PreviousTimestep(61, 16));
        Assert.Equal(1f, s_head.Coefficients(61, -1).SqrtAlphaPrev);
        Assert.Equal(0f, s_head.Coefficients(61, -1).SqrtOneMinusAlphaPrev);
        var timesteps = TimestepSpacing.UniformTrailing.Timesteps(6, 1000);
        Assert.Equal(0, s_head.PreviousTimestep(timesteps[0], 6));
    }

    [Fact]
    public void Timesteps_outside_the_schedule_are_refused()
    {
        Assert.Throws<SamplingException>(() => s_head.Coefficients(1000, 900));
        Assert.Throws<SamplingException>(() => s_head.Coefficients(-1, -2));
        Assert.Throws<SamplingException>(() => s_head.PreviousTimestep(999, 0));
        Assert.Throws<SamplingException>(() => s_head.PreviousTimestep(999, 1001));
        Assert.Throws<SamplingException>(() => new HeadScheduler(0));
    }
}

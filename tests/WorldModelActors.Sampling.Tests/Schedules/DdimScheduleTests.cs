namespace WorldModelActors.Sampling.Tests;

public class DdimScheduleTests
{
    private static readonly NoiseSchedule s_noise = new(new NoiseScheduleOptions());
    private static readonly HeadScheduler s_head = new();

    public static TheoryData<string, int, int> Runs()
    {
        var data = new TheoryData<string, int, int>();
        foreach (var spacing in (string[])["uniform", "uniform_trailing", "quad"])
        {
            foreach (var steps in (int[])[10, 16, 25, 50])
            {
                data.Add(spacing, steps, 0);
                data.Add(spacing, steps, 1);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Arrays_equal_the_reference_bit_by_bit(string spacing, int steps, int eta)
    {
        using var golden = Golden.Open("schedules.safetensors");
        var schedule = new DdimSchedule(s_noise, steps, eta, TimestepSpacings.Parse(spacing));
        // The arrays that do not depend on eta are recorded once.
        var run = $"{spacing}.S{steps}.eta0";
        Assert.Equal(golden.ReadInt64s($"{run}.ddim_timesteps"), schedule.Timesteps.ToArray().Select(t => (long)t));
        Same.Exactly(golden.ReadFloats($"{run}.ddim_alphas"), schedule.Alphas, "alphas");
        Same.Exactly(golden.ReadFloats($"{run}.ddim_sqrt_one_minus_alphas"), schedule.SqrtOneMinusAlphas, "sqrt_one_minus_alphas");
        Same.Exactly(golden.ReadFloats($"{run}.ddim_scale_arr"), schedule.Scale, "scale_arr");
        Same.Exactly(golden.ReadFloats($"{run}.ddim_scale_arr_prev"), schedule.ScalePrev, "scale_arr_prev");
        Same.Within(0, golden.ReadDoubles($"{run}.ddim_alphas_prev"), schedule.AlphasPrev, "alphas_prev");
        Same.Within(0, golden.ReadDoubles($"{spacing}.S{steps}.eta{eta}.ddim_sigmas"), schedule.Sigmas, "sigmas");
    }

    [Fact]
    public void Eta_scales_sigma_and_keeps_the_marginal_variance()
    {
        for (var steps = 1; steps <= 200; steps++)
        {
            foreach (var eta in (double[])[0, 0.3, 1])
            {
                var schedule = new DdimSchedule(s_noise, steps, eta);
                var full = new DdimSchedule(s_noise, steps, 1);
                for (var i = 0; i < schedule.Count; i++)
                {
                    Assert.Equal(eta * full.Sigmas[i], schedule.Sigmas[i], 1e-15);
                    var c = StepCoefficients.At(schedule, s_head, schedule.Count - 1 - i);
                    // With x0 and eps known exactly, x_(t-1) has variance 1 - aprev given x0: direction^2 + sigma^2.
                    var variance = (double)c.Direction * c.Direction + (double)c.Sigma * c.Sigma;
                    Assert.Equal(1 - schedule.AlphasPrev[i], variance, 3e-7);
                    Assert.False(float.IsNaN(c.Direction));
                    Assert.Equal(1, c.SqrtAlpha * (double)c.SqrtAlpha + c.SqrtOneMinusAlpha * (double)c.SqrtOneMinusAlpha, 1e-6);
                }
            }
        }
    }

    [Fact]
    public void The_first_trailing_step_starts_from_pure_noise()
    {
        var schedule = new DdimSchedule(s_noise, 50, 1.0);
        var first = StepCoefficients.At(schedule, s_head, 0);
        Assert.Equal(999, first.Timestep);
        Assert.Equal(0f, first.SqrtAlpha);
        Assert.Equal(1f, first.SqrtOneMinusAlpha);
        Assert.Equal(1f, first.Rescale);
    }

    [Fact]
    public void Without_dynamic_rescale_every_scale_is_1()
    {
        var noise = new NoiseSchedule(new NoiseScheduleOptions { UseDynamicRescale = false });
        var schedule = new DdimSchedule(noise, 16);
        Assert.All(schedule.Scale.ToArray(), scale => Assert.Equal(1f, scale));
        Assert.All(schedule.ScalePrev.ToArray(), scale => Assert.Equal(1f, scale));
    }

    [Fact]
    public void Explicit_timesteps_give_the_same_arrays()
    {
        var spaced = new DdimSchedule(s_noise, 16, 1.0);
        var listed = new DdimSchedule(s_noise, spaced.Timesteps, 1.0);
        Assert.Equal(spaced.Sigmas.ToArray(), listed.Sigmas.ToArray());
        Assert.Equal(spaced.ScalePrev.ToArray(), listed.ScalePrev.ToArray());
    }

    [Fact]
    public void What_cannot_be_sampled_is_refused()
    {
        Assert.Contains("ddim eta -0.1", Assert.Throws<SamplingException>(() => new DdimSchedule(s_noise, 16, -0.1)).Message);
        Assert.Contains("ddim eta NaN", Assert.Throws<SamplingException>(() => new DdimSchedule(s_noise, 16, double.NaN)).Message);
        Assert.Contains("number 2 is 5", Assert.Throws<SamplingException>(() => new DdimSchedule(s_noise, [5, 5], 1)).Message);
        Assert.Contains("number 1 is 1000", Assert.Throws<SamplingException>(() => new DdimSchedule(s_noise, [1000], 1)).Message);
        Assert.Throws<SamplingException>(() => new DdimSchedule(s_noise, [], 1));

        var epsilon = new NoiseSchedule(new NoiseScheduleOptions { Parameterization = Parameterization.Epsilon });
        Assert.Contains("timestep 999 has no signal left", Assert.Throws<SamplingException>(() => new DdimSchedule(epsilon, 16)).Message);
        Assert.Equal(17, new DdimSchedule(epsilon, 16, 1, TimestepSpacing.Uniform).Count);
    }
}

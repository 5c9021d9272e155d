namespace WorldModelActors.Sampling.Tests;

public class NoiseScheduleTests
{
    private static readonly NoiseSchedule s_schedule = new(new NoiseScheduleOptions());

    [Fact]
    public void Buffers_equal_the_reference_bit_by_bit()
    {
        using var golden = Golden.Open("schedules.safetensors");
        Same.Exactly(golden.ReadFloats("betas"), s_schedule.Betas, "betas");
        Same.Exactly(golden.ReadFloats("alphas_cumprod"), s_schedule.AlphasCumprod, "alphas_cumprod");
        Same.Exactly(golden.ReadFloats("alphas_cumprod_prev"), s_schedule.AlphasCumprodPrev, "alphas_cumprod_prev");
        Same.Exactly(golden.ReadFloats("sqrt_alphas_cumprod"), s_schedule.SqrtAlphasCumprod, "sqrt_alphas_cumprod");
        Same.Exactly(
            golden.ReadFloats("sqrt_one_minus_alphas_cumprod"), s_schedule.SqrtOneMinusAlphasCumprod,
            "sqrt_one_minus_alphas_cumprod");
        Same.Exactly(golden.ReadFloats("scale_arr"), s_schedule.ScaleArr, "scale_arr");
    }

    [Fact]
    public void Betas_equal_the_reference_in_float64()
    {
        using var golden = Golden.Open("schedules.safetensors");
        Same.Within(1e-17, golden.ReadDoubles("betas_float64_before_rescale"), s_schedule.BetasBeforeRescale.Span, "before rescale");
        Same.Within(1e-12, golden.ReadDoubles("betas_float64_rescaled"), s_schedule.BetasFloat64.Span, "rescaled");
    }

    [Fact]
    public void Zero_terminal_snr_ends_without_signal_and_begins_unchanged()
    {
        Assert.Equal(0f, s_schedule.AlphasCumprod[^1]);
        Assert.Equal(0f, s_schedule.SqrtAlphasCumprod[^1]);
        Assert.Equal(1f, s_schedule.SqrtOneMinusAlphasCumprod[^1]);
        Assert.Equal(1f, s_schedule.Betas[^1]);
        Assert.Equal((float)(1 - 0.00085), s_schedule.AlphasCumprod[0]);
        for (var t = 1; t < s_schedule.Timesteps; t++)
        {
            Assert.True(s_schedule.AlphasCumprod[t] < s_schedule.AlphasCumprod[t - 1], $"alphas_cumprod rises at {t}");
        }
    }

    [Fact]
    public void Without_the_rescale_signal_remains()
    {
        var plain = new NoiseSchedule(new NoiseScheduleOptions { RescaleBetasZeroSnr = false, UseDynamicRescale = false });
        Assert.Equal(plain.BetasBeforeRescale.ToArray(), plain.BetasFloat64.ToArray());
        Assert.InRange(plain.AlphasCumprod[^1], 0.004f, 0.006f);
        Assert.True(plain.ScaleArr.IsEmpty);
    }

    [Fact]
    public void Checkpoint_buffers_win_over_computed_ones()
    {
        var stored = Enumerable.Range(0, 1000).Select(t => 1f - t / 1000f).ToArray();
        var schedule = NoiseSchedule.FromBuffers(
            new NoiseScheduleOptions(), new Dictionary<string, float[]> { ["alphas_cumprod"] = stored, ["cond_pos_emb"] = [1f] });
        Same.Exactly(stored, schedule.AlphasCumprod, "alphas_cumprod");
        Same.Exactly(s_schedule.SqrtAlphasCumprod, schedule.SqrtAlphasCumprod, "sqrt_alphas_cumprod");
    }

    [Fact]
    public void A_buffer_that_does_not_fit_is_named()
    {
        var error = Assert.Throws<SamplingException>(() => NoiseSchedule.FromBuffers(
            new NoiseScheduleOptions(), new Dictionary<string, float[]> { ["scale_arr"] = new float[1000] }));
        Assert.Contains("scale_arr: expected 1400 values, found 1000", error.Message);
        error = Assert.Throws<SamplingException>(() => NoiseSchedule.FromBuffers(
            new NoiseScheduleOptions { Timesteps = 2 }, new Dictionary<string, float[]> { ["betas"] = [1f, float.NaN] }));
        Assert.Contains("betas: value 1 is NaN", error.Message);
    }

    [Fact]
    public void Absurd_settings_are_refused()
    {
        Assert.Throws<SamplingException>(() => new NoiseSchedule(new NoiseScheduleOptions { Timesteps = 1 }));
        Assert.Throws<SamplingException>(() => new NoiseSchedule(new NoiseScheduleOptions { LinearStart = 0 }));
        Assert.Throws<SamplingException>(() => new NoiseSchedule(new NoiseScheduleOptions { LinearEnd = 1 }));
        Assert.Throws<SamplingException>(() => new NoiseSchedule(new NoiseScheduleOptions { LinearEnd = double.NaN }));
        Assert.Throws<SamplingException>(() => new NoiseSchedule(new NoiseScheduleOptions { TurningStep = 0 }));
        Assert.Throws<SamplingException>(() => new NoiseSchedule(new NoiseScheduleOptions { BaseScale = -1 }));
    }
}

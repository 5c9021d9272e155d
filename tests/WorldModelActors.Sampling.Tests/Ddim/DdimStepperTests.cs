using FsCheck.Fluent;

namespace WorldModelActors.Sampling.Tests;

public class DdimStepperTests
{
    private static readonly NoiseSchedule s_noiseOnly =
        new(new NoiseScheduleOptions { Parameterization = Parameterization.Epsilon, RescaleBetasZeroSnr = false });

    private static Tensor Row(StepCoefficients c) => tensor(
        (float[])[c.SqrtAlpha, c.SqrtOneMinusAlpha, c.Rescale, c.SqrtAlphaPrev, c.Direction, c.Sigma], [1, 6, 1, 1, 1, 1]);

    [Theory]
    [InlineData(Parameterization.V)]
    [InlineData(Parameterization.Epsilon)]
    public void Step_is_the_closed_form_in_float64(Parameterization parameterization)
    {
        var noise = parameterization == Parameterization.V ? Synthetic.Noise : s_noiseOnly;
        foreach (var (eta, spacing) in ((double, TimestepSpacing)[])[(0, TimestepSpacing.Uniform), (1, TimestepSpacing.UniformTrailing), (0.5, TimestepSpacing.Quad)])
        {
            var schedule = new DdimSchedule(noise, 10, eta, spacing);
            for (var step = 0; step < schedule.Count; step++)
            {
                using var scope = NewDisposeScope();
                var x = Synthetic.Normal("x", Synthetic.LatentShape);
                var output = Synthetic.Normal("output", Synthetic.LatentShape);
                var fresh = Synthetic.Normal("fresh", Synthetic.LatentShape);
                // 1 - aprev - sigma^2 cancels in float32; DdimScheduleTests checks its root against the variance.
                var c = StepCoefficients.At(schedule, Synthetic.Head, step);
                var (previous, x0) = DdimStepper.StepLatent(x, output, fresh, Row(c), parameterization);

                var i = schedule.Count - 1 - step;
                double a = noise.AlphasCumprod[schedule.Timesteps[i]], aPrev = schedule.AlphasPrev[i], sigma = schedule.Sigmas[i];
                double sa = Math.Sqrt(a), sb = Math.Sqrt(1 - a), rescale = (double)schedule.ScalePrev[i] / schedule.Scale[i];
                float[] xs = x.data<float>().ToArray(), outs = output.data<float>().ToArray(), ns = fresh.data<float>().ToArray();
                float[] got = previous.data<float>().ToArray(), gotX0 = x0.data<float>().ToArray();
                for (var k = 0; k < xs.Length; k++)
                {
                    var expectedX0 = rescale * (parameterization == Parameterization.V ? sa * xs[k] - sb * outs[k] : (xs[k] - sb * outs[k]) / sa);
                    var eps = parameterization == Parameterization.V ? sa * outs[k] + sb * xs[k] : outs[k];
                    var expected = Math.Sqrt(aPrev) * expectedX0 + c.Direction * eps + sigma * ns[k];
                    Assert.Equal(expectedX0, gotX0[k], 2e-6 * (1 + Math.Abs(expectedX0)));
                    Assert.Equal(expected, got[k], 2e-6 * (1 + Math.Abs(expected)));
                }
            }
        }
    }

    [Fact]
    public void A_perfect_network_recovers_the_clean_latent_and_keeps_the_marginal()
    {
        // With v of the true x0 and eps, eta 0 and no rescale, every step stays on sqrt(abar) x0 + sqrt(1 - abar) eps.
        using var scope = NewDisposeScope();
        var noise = new NoiseSchedule(new NoiseScheduleOptions { UseDynamicRescale = false });
        var schedule = new DdimSchedule(noise, 50, 0);
        Tensor clean = Synthetic.Normal("clean", Synthetic.LatentShape), eps = Synthetic.Normal("eps", Synthetic.LatentShape);
        var x = eps;
        for (var step = 0; step < schedule.Count; step++)
        {
            var i = schedule.Count - 1 - step;
            double a = schedule.Alphas[i], aPrev = schedule.AlphasPrev[i];
            var v = eps.mul(Math.Sqrt(a)).sub(clean.mul(Math.Sqrt(1 - a)));
            (x, var x0) = DdimStepper.StepLatent(x, v, null, Row(StepCoefficients.At(schedule, Synthetic.Head, step)), Parameterization.V);
            Same.Within(1e-4, clean, x0, $"x0 of step {step}");
            Same.Within(1e-4, clean.mul(Math.Sqrt(aPrev)).add(eps.mul(Math.Sqrt(1 - aPrev))), x, $"x of step {step}");
        }
    }

    [Fact]
    public void A_sample_steps_the_same_in_every_batch()
    {
        var schedules = new[]
        {
            new DdimSchedule(Synthetic.Noise, 50, 1), new DdimSchedule(Synthetic.Noise, 16, 0.2),
            new DdimSchedule(Synthetic.Noise, 10, 0, TimestepSpacing.Uniform),
        };
        Law.Holds(
            Gen.ListOf(from run in Gen.Choose(0, 2) from step in Gen.Choose(0, 9) from name in Gen.Choose(0, 1000) select (run, step, name), 5),
            members =>
            {
                using var scope = NewDisposeScope();
                var parts = members.Select(m => (
                    X: Synthetic.Normal($"x{m.name}", Synthetic.LatentShape),
                    V: Synthetic.Normal($"v{m.name}", Synthetic.LatentShape),
                    Noise: Synthetic.Normal($"n{m.name}", Synthetic.LatentShape),
                    Row: Row(StepCoefficients.At(schedules[m.run], Synthetic.Head, m.step)))).ToArray();
                var (together, x0) = DdimStepper.StepLatent(
                    cat(parts.Select(p => p.X).ToArray()), cat(parts.Select(p => p.V).ToArray()),
                    cat(parts.Select(p => p.Noise).ToArray()), cat(parts.Select(p => p.Row).ToArray()), Parameterization.V);
                for (var i = 0; i < parts.Length; i++)
                {
                    var alone = DdimStepper.StepLatent(parts[i].X, parts[i].V, parts[i].Noise, parts[i].Row, Parameterization.V);
                    Same.Exactly(alone.Previous, together.narrow(0, i, 1), $"sample {i}");
                    Same.Exactly(alone.PredictedX0, x0.narrow(0, i, 1), $"x0 of sample {i}");
                }
            },
            count: 25);
    }

    [Fact]
    public void Half_precision_predictions_are_stepped_in_float32()
    {
        using var scope = NewDisposeScope();
        var row = Row(StepCoefficients.At(new DdimSchedule(Synthetic.Noise, 10), Synthetic.Head, 3));
        Tensor x = Synthetic.Normal("x", Synthetic.LatentShape), v = Synthetic.Normal("v", Synthetic.LatentShape).to(ScalarType.BFloat16);
        var (previous, _) = DdimStepper.StepLatent(x, v, null, row, Parameterization.V);
        Assert.Equal(ScalarType.Float32, previous.dtype);
        Same.Exactly(DdimStepper.StepLatent(x, v.@float(), null, row, Parameterization.V).Previous, previous, "previous");
    }

    [Fact]
    public void Guidance_is_the_closed_form_for_each_sample()
    {
        using var scope = NewDisposeScope();
        Tensor c = Synthetic.Normal("c", 2, 3, 4), u = Synthetic.Normal("u", 2, 3, 4);
        foreach (var (scale, rescale) in ((double, double)[])[(2.5, 0), (2.5, 0.7), (0, 1)])
        {
            var guided = Guidance.Combine(c, u, scale, rescale).data<float>().ToArray();
            float[] cs = c.data<float>().ToArray(), us = u.data<float>().ToArray();
            for (var b = 0; b < 2; b++)
            {
                var own = cs.Skip(12 * b).Take(12).Select(v => (double)v).ToArray();
                var plain = own.Select((v, k) => us[12 * b + k] + scale * (v - us[12 * b + k])).ToArray();
                var ratio = Deviation(own) / Deviation(plain);
                for (var k = 0; k < 12; k++)
                {
                    var expected = rescale * plain[k] * ratio + (1 - rescale) * plain[k];
                    Assert.Equal(expected, guided[12 * b + k], 1e-5);
                }
            }
        }

        static double Deviation(double[] values)
        {
            var mean = values.Average();
            return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
        }
    }
}

namespace WorldModelActors.Sampling.Tests;

/// <summary>
/// Whole sampling runs of the reference with the network's outputs taken from the record: everything around the network must
/// follow the record to the end. The heads' outputs are recorded. v is not, but x_t, the noise and x_(t-1) are, and the step is
/// linear in v.
/// </summary>
public class DdimGoldenTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("ddim_a_eta0.safetensors", 0.0, TimestepSpacing.UniformTrailing)]
    [InlineData("ddim_b_eta1.safetensors", 1.0, TimestepSpacing.UniformTrailing)]
    [InlineData("ddim_c_eta1_cfg_rescale.safetensors", 1.0, TimestepSpacing.UniformTrailing)]
    [InlineData("ddim_d_eta0_cfg_norescale_uniform.safetensors", 0.0, TimestepSpacing.Uniform)]
    [InlineData("ddim_e_eta1_policy335.safetensors", 1.0, TimestepSpacing.UniformTrailing)]
    public void A_recorded_run_is_followed_to_the_end(string name, double eta, TimestepSpacing spacing)
    {
        using var golden = Golden.Open(name);
        using var scope = NewDisposeScope();
        var schedule = new DdimSchedule(Synthetic.Noise, 8, eta, spacing);
        var timesteps = golden.ReadInt64s("timesteps_desc");
        List<Tensor> noise = [golden.Tensor("x_T"), golden.Tensor("action_T"), golden.Tensor("state_T")];
        noise.AddRange(Enumerable.Range(0, timesteps.Length).Select(i => golden.Row("step_noise", i)));
        var replay = new ReplayNoise(noise);
        using var sample = new SampleState<string>(new SampleRequest<string>
        {
            Id = name,
            Condition = name,
            Schedule = schedule,
            HeadScheduler = Synthetic.Head,
            Noise = new NoiseStream(replay, 0, name, 0, SamplingPhase.World),
            Device = CPU,
            LatentShape = noise[0].shape,
        });

        var steps = 0;
        using var result = DdimSampler.Sample(sample, Network, Check, TestContext.Current.CancellationToken);
        Assert.Equal(timesteps.Length, steps);
        Assert.Equal(0, replay.Remaining);
        Same.Within(Tolerance, golden.Tensor("latent"), result.Latent, "latent");
        Same.Exactly(golden.Tensor("action"), result.Action, "action");
        Same.Exactly(golden.Tensor("state"), result.State, "state");

        DenoiserOutput Network(DenoiserInput<string> input)
        {
            var step = sample.Step;
            Assert.Equal(timesteps[step], input.Timesteps.ToInt64());
            Same.Exactly(golden.Row("per_step.in_action", step), input.Actions, $"in_action {step}");
            Same.Exactly(golden.Row("per_step.in_state", step), input.States, $"in_state {step}");
            return new DenoiserOutput(
                RecordedV(step), golden.Row("per_step.out_action", step), golden.Row("per_step.out_state", step));
        }

        // x_(t-1) = g (sa x - sb v) + d (sa v + sb x) + sigma n, with g = sqrt(aprev) scale_prev / scale, solved for v.
        Tensor RecordedV(int step)
        {
            var c = StepCoefficients.At(schedule, Synthetic.Head, step);
            double g = (double)c.SqrtAlphaPrev * c.Rescale, d = c.Direction, sa = c.SqrtAlpha, sb = c.SqrtOneMinusAlpha;
            var x = (step == 0 ? golden.Tensor("x_T") : golden.Row("per_step.x_prev", step - 1)).@double();
            return golden.Row("per_step.x_prev", step).@double()
                .sub(golden.Row("step_noise", step).@double().mul(c.Sigma))
                .sub(x.mul(g * sa + d * sb))
                .div(d * sa - g * sb).@float();
        }

        void Check(DenoisingStep step)
        {
            Assert.Equal(timesteps[step.Step], step.Timestep);
            Same.Within(Tolerance, golden.Row("per_step.x_prev", step.Step), step.PreviousLatent, $"x_prev {step.Step}");
            if (golden.Contains("per_step.pred_x0"))
            {
                Same.Within(Tolerance, golden.Row("per_step.pred_x0", step.Step), step.PredictedX0, $"pred_x0 {step.Step}");
            }

            steps++;
        }
    }
}

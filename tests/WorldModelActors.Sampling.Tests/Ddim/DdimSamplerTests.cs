using FsCheck.Fluent;

namespace WorldModelActors.Sampling.Tests;

public class DdimSamplerTests
{
    [Fact]
    public void A_sample_ends_the_same_whoever_shares_its_batches()
    {
        // Samples of different lengths, etas, guidance and streams join at arbitrary steps and leave when they are done.
        var requests = new[]
        {
            Synthetic.Request("plain"),
            Synthetic.Request("policy", new DdimSchedule(Synthetic.Noise, 4, 0)) with { Streams = PredictedStreams.Action },
            Synthetic.Request("world", new DdimSchedule(Synthetic.Noise, 9, 1)) with { Streams = PredictedStreams.State },
            Synthetic.Request("guided", new DdimSchedule(Synthetic.Noise, 5, 0.5)) with { Guidance = new(2.5, 0.7, -0.25) },
            Synthetic.Request("unscaled") with { Guidance = new(1, 0.7, -0.25) },
            Synthetic.Request("base") with { Streams = PredictedStreams.None },
        };
        var alone = requests.Select(Synthetic.Alone).ToArray();
        Law.Holds(
            Gen.ListOf(from which in Gen.Choose(0, requests.Length - 1) from joins in Gen.Choose(0, 6) select (which, joins), 5),
            schedule =>
            {
                var waiting = schedule.OrderBy(s => s.joins).ToList();
                var flying = new List<(int Which, SampleState<double> State)>();
                for (var step = 0; waiting.Count > 0 || flying.Count > 0; step++)
                {
                    while (waiting.Count > 0 && waiting[0].joins <= step)
                    {
                        flying.Add((waiting[0].which, new SampleState<double>(requests[waiting[0].which])));
                        waiting.RemoveAt(0);
                    }

                    if (flying.Count == 0)
                    {
                        continue;
                    }

                    // Guidance takes rows of the same call in every other step.
                    DdimSampler.Step(flying.Select(f => f.State).ToArray(), Synthetic.Network, joinGuidance: step % 2 == 1);
                    foreach (var done in flying.Where(f => f.State.IsFinished).ToArray())
                    {
                        using var result = done.State.Finish();
                        Synthetic.Equal(alone[done.Which], result, done.State.Id);
                        flying.Remove(done);
                    }
                }
            },
            count: 20);
        Array.ForEach(alone, result => result.Dispose());
    }

    [Fact]
    public void Heads_may_run_on_their_followers_only()
    {
        using var policy = new SampleState<double>(Synthetic.Request("policy") with { Streams = PredictedStreams.Action });
        using var world = new SampleState<double>(Synthetic.Request("world") with { Streams = PredictedStreams.State });
        using var both = new SampleState<double>(Synthetic.Request("both"));
        SampleState<double>[] batch = [policy, world, both];
        while (!policy.IsFinished)
        {
            DdimSampler.Step(batch, input =>
            {
                Assert.Equal([PredictedStreams.Action, PredictedStreams.State, PredictedStreams.Both], input.Streams);
                var whole = Synthetic.Network(input);
                return whole with
                {
                    ActionNoise = whole.ActionNoise!.index_select(0, tensor((long[])[0, 2])),
                    StateNoise = whole.StateNoise!.narrow(0, 1, 2),
                };
            });
        }

        foreach (var sample in batch)
        {
            using var expected = Synthetic.Alone(Synthetic.Request(sample.Id) with { Streams = sample.Streams });
            using var result = sample.Finish();
            Synthetic.Equal(expected, result, sample.Id);
        }
    }

    [Fact]
    public void A_stream_that_is_not_followed_keeps_its_initial_noise()
    {
        using var sample = new SampleState<double>(Synthetic.Request("policy") with { Streams = PredictedStreams.Action });
        using var initial = sample.State.clone();
        using var result = Synthetic.Run(sample, input => Synthetic.Network(input) with { StateNoise = null });
        Same.Exactly(initial, result.State, "state");
    }

    [Fact]
    public void Noise_is_drawn_in_the_order_of_the_reference()
    {
        foreach (var eta in (double[])[0, 1])
        {
            var log = new DrawLog();
            var request = Synthetic.Request("order", new DdimSchedule(Synthetic.Noise, 3, eta)) with
            {
                Noise = new NoiseStream(log, 1, "order", 4, SamplingPhase.Policy),
            };
            using (var sample = new SampleState<double>(request))
            {
                Synthetic.Run(
                    sample,
                    input =>
                    {
                        log.Add($"network {input.Timesteps.ToInt64()}");
                        return Synthetic.Network(input);
                    }).Dispose();
            }

            // Drawn at every step, with eta 0 too.
            Assert.Equal(
                ["Latent 0", "Action 0", "State 0", "network 999", "Step 0", "network 666", "Step 1", "network 332", "Step 2"],
                log.Entries);

            log.Entries.Clear();
            using var latent = zeros(Synthetic.LatentShape);
            using var started = new SampleState<double>(request with { InitialLatent = latent });
            Assert.Equal(["Action 0", "State 0"], log.Entries);
        }
    }

    [Fact]
    public void A_step_that_throws_leaves_every_sample_as_it_was()
    {
        using var expected = Synthetic.Alone(Synthetic.Request("retried"));
        using var sample = new SampleState<double>(Synthetic.Request("retried"));
        using var other = new SampleState<double>(Synthetic.Request("other"));
        DdimSampler.Step([sample, other], Synthetic.Network);
        Assert.Throws<InvalidOperationException>(() =>
            DdimSampler.Step([sample, other], _ => throw new InvalidOperationException("out of memory")));
        Assert.Throws<InvalidOperationException>(() =>
            DdimSampler.Step([sample, other], Synthetic.Network, (_, _) => throw new InvalidOperationException("observer")));
        Assert.Equal(1, sample.Step);
        using var result = Synthetic.Run(sample);
        Synthetic.Equal(expected, result, "retried");
    }

    [Fact]
    public void A_step_that_is_repeated_gets_the_same_noise_of_a_sequential_source_too()
    {
        using var scope = NewDisposeScope();
        var recorded = new[] { Synthetic.LatentShape, [1, 4, 3], [1, 4, 2] }.Concat(Enumerable.Repeat(Synthetic.LatentShape, 6))
            .Select((shape, i) => Synthetic.Normal($"draw {i}", shape)).ToArray();
        SampleRequest<double> Request() => Synthetic.Request("sequential", new DdimSchedule(Synthetic.Noise, 6, 1)) with
        {
            Noise = new NoiseStream(new ReplayNoise(recorded), 0, "sequential", 0, SamplingPhase.World),
        };
        using var expected = Synthetic.Alone(Request());
        var before = Tensor.TotalCount;
        using (var sample = new SampleState<double>(Request()))
        using (var other = new SampleState<double>(Synthetic.Request("other")))
        {
            while (!sample.IsFinished)
            {
                // After the draw.
                Assert.Throws<TimeoutException>(() => DdimSampler.Step([other, sample], Synthetic.Network, (_, _) => throw new TimeoutException()));
                Assert.Throws<TimeoutException>(() => DdimSampler.Step([sample], Synthetic.Network, (_, _) => throw new TimeoutException()));
                DdimSampler.Step([sample], Synthetic.Network);
            }

            using var result = sample.Finish();
            Synthetic.Equal(expected, result, "sequential");
        }

        using (var abandoned = new SampleState<double>(Request()))
        {
            Assert.Throws<TimeoutException>(() => DdimSampler.Step([abandoned], Synthetic.Network, (_, _) => throw new TimeoutException()));
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Guidance_takes_two_rows_of_one_call_or_one_row_of_two()
    {
        using var guided = new SampleState<double>(Synthetic.Request("guided") with { Guidance = new(2, 0.5, -0.25) });
        using var plain = new SampleState<double>(Synthetic.Request("plain") with { Condition = 0.75 });
        var calls = new List<double[]>();
        DenoiserOutput Network(DenoiserInput<double> input)
        {
            Assert.Equal(input.Conditions.Count, input.Latents.shape[0]);
            Assert.Equal(input.Conditions.Count, input.Streams.Count);
            calls.Add([.. input.Conditions]);
            return Synthetic.Network(input);
        }

        DdimSampler.Step([guided, plain], Network);
        DdimSampler.Step([guided, plain], Network, joinGuidance: true);
        Assert.Equal([[0.5, 0.75], [-0.25], [0.5, 0.75, -0.25]], calls);
    }

    [Fact]
    public void Steps_are_reported_and_cancellation_is_heeded_between_them()
    {
        using var cancellation = new CancellationTokenSource();
        using var sample = new SampleState<double>(Synthetic.Request("cancelled"));
        var timesteps = new List<int>();
        Assert.Throws<OperationCanceledException>(() => DdimSampler.Sample(
            sample,
            Synthetic.Network,
            step =>
            {
                Assert.Equal(6, step.StepCount);
                Assert.Equal(timesteps.Count, step.Step);
                timesteps.Add(step.Timestep);
                if (step.Step == 2)
                {
                    cancellation.Cancel();
                }
            },
            cancellation.Token));
        Assert.Equal([999, 832, 666], timesteps);
        Assert.Equal(3, sample.Step);
        Assert.Equal(499, sample.Timestep);

        // What was done stays done: the sample goes on from there.
        using var expected = Synthetic.Alone(Synthetic.Request("cancelled"));
        using var result = Synthetic.Run(sample);
        Synthetic.Equal(expected, result, "resumed");
    }

    [Fact]
    public void Nothing_stays_alive()
    {
        var before = Tensor.TotalCount;
        using (var guided = new SampleState<double>(Synthetic.Request("a") with { Guidance = new(2, 0.5, 0) }))
        using (var plain = new SampleState<double>(Synthetic.Request("b")))
        {
            for (var i = 0; i < 3; i++)
            {
                DdimSampler.Step([guided, plain], Synthetic.Network, (_, _) => { });
            }

            Assert.ThrowsAny<Exception>(() => DdimSampler.Step([guided, plain], _ => throw new TimeoutException()));
            using var result = Synthetic.Run(plain);
            Assert.Equal(Synthetic.LatentShape, result.Latent.shape);
        }

        Assert.Throws<SamplingException>(() => new SampleState<double>(Synthetic.Request("short") with
        {
            Noise = new NoiseStream(new ReplayNoise([]), 0, "short", 0, SamplingPhase.World),
        }));
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Misuse_is_a_clear_error()
    {
        using var scope = NewDisposeScope();
        using var sample = new SampleState<double>(Synthetic.Request("first"));
        using var larger = new SampleState<double>(Synthetic.Request("larger") with { LatentShape = [1, 2, 3, 4, 6] });
        Assert.Equal(
            "samples first and larger cannot share a step: device, parameterization or shapes differ",
            Assert.Throws<SamplingException>(() => DdimSampler.Step([sample, larger], Synthetic.Network)).Message);
        Assert.Equal(
            "sample first follows the Action stream, but the network predicted none",
            Assert.Throws<SamplingException>(() =>
                DdimSampler.Step([sample], input => Synthetic.Network(input) with { ActionNoise = null })).Message);
        Assert.Equal(
            "the network's prediction has shape [1, 2], expected [1, 2, 3, 4, 5]",
            Assert.Throws<SamplingException>(() =>
                DdimSampler.Step([sample], input => Synthetic.Network(input) with { Prediction = zeros([1, 2]) })).Message);
        Assert.Equal(
            "the network's State noise has shape [1, 4, 3], expected [1, 4, 2]",
            Assert.Throws<SamplingException>(() =>
                DdimSampler.Step([sample], input => Synthetic.Network(input) with { StateNoise = zeros([1, 4, 3]) })).Message);
        Assert.Throws<ArgumentException>(() => DdimSampler.Step([sample, sample], Synthetic.Network));
        Assert.Throws<ArgumentException>(() => DdimSampler.Step<double>([], Synthetic.Network));
        Assert.Throws<InvalidOperationException>(sample.Finish);
        Assert.Contains("x_T has shape [1]", Assert.Throws<SamplingException>(() =>
            new SampleState<double>(Synthetic.Request("x") with { InitialLatent = zeros([1]) })).Message);
        Assert.Contains("latent shape [2, 4, 1, 1, 1]", Assert.Throws<SamplingException>(() =>
            new SampleState<double>(Synthetic.Request("x") with { LatentShape = [2, 4, 1, 1, 1] })).Message);
        Assert.Contains("guidance rescale 1.5", Assert.Throws<SamplingException>(() =>
            new SampleState<double>(Synthetic.Request("x") with { Guidance = new(2, 1.5, 0) })).Message);
    }

    private sealed class DrawLog : INoiseSource
    {
        public List<string> Entries { get; } = [];

        public bool IsSequential => true;

        public void Add(string entry) => Entries.Add(entry);

        public Tensor Draw(in NoiseKey key, ReadOnlySpan<long> shape, Device device)
        {
            Assert.Equal((1L, "order", 4, SamplingPhase.Policy), (key.RunSeed, key.Episode, key.Iteration, key.Phase));
            Entries.Add($"{key.Tensor} {key.Step}");
            return zeros(shape, ScalarType.Float32, device);
        }
    }
}

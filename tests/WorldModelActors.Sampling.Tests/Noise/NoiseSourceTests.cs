using FsCheck.Fluent;

namespace WorldModelActors.Sampling.Tests;

public class NoiseSourceTests
{
    private static readonly NoiseKey s_key = new(123, "episode-0", 0, SamplingPhase.Policy, 0, NoiseTensor.Latent);

    /// <summary>What devices draw with: the shim's generator gives the bits of the managed one.</summary>
    [Theory]
    [InlineData(new long[] { 1, 4, 16, 40, 64 })]
    [InlineData(new long[] { 1, 16, 16 })]
    [InlineData(new long[] { 1 })]
    [InlineData(new long[] { 263 })]
    public void Draws_of_the_shim_are_the_same_to_the_bit(long[] shape)
    {
        Assert.SkipUnless(CounterRandom.Fills(CPU), "TorchSharp stands in for the shim");
        using var scope = NewDisposeScope();
        foreach (var key in new[] { s_key, new NoiseKey(-5, "another", 999, SamplingPhase.World, 49, NoiseTensor.Step) })
        {
            Assert.Equal(new PhiloxNoise().Draw(key, shape, CPU).data<float>().ToArray(), PhiloxNoise.OnDevice(key, shape, CPU).data<float>().ToArray());
        }
    }

    [Fact]
    public void Philox_draws_do_not_depend_on_the_order_of_calls()
    {
        var noise = new PhiloxNoise();
        Assert.False(noise.IsSequential);
        var keys =
            from seed in Gen.Choose(0, 3)
            from iteration in Gen.Choose(0, 3)
            from phase in Gen.Elements(SamplingPhase.Policy, SamplingPhase.World)
            from step in Gen.Choose(0, 3)
            from tensor in Gen.Elements(Enum.GetValues<NoiseTensor>())
            select new NoiseKey(seed, $"episode-{seed}", iteration, phase, step, tensor);
        Law.Holds(
            from list in Gen.ListOf(keys, 8)
            from order in Gen.Shuffle(Enumerable.Range(0, 8).ToArray())
            select (Keys: list.ToArray(), Order: order),
            draw =>
            {
                using var scope = NewDisposeScope();
                var inOrder = draw.Keys.Select(key => noise.Draw(key, [1, 2, 3, 5], CPU).data<float>().ToArray()).ToArray();
                foreach (var i in draw.Order)
                {
                    Assert.Equal(inOrder[i], noise.Draw(draw.Keys[i], [1, 2, 3, 5], CPU).data<float>().ToArray());
                }

                for (var i = 1; i < draw.Keys.Length; i++)
                {
                    Assert.Equal(draw.Keys[0] == draw.Keys[i], inOrder[0].SequenceEqual(inOrder[i]));
                }
            },
            count: 30);
    }

    [Fact]
    public void Philox_fills_the_shape_in_row_major_order()
    {
        using var scope = NewDisposeScope();
        var flat = new float[24];
        PhiloxNoise.Fill(flat, s_key);
        var drawn = new PhiloxNoise().Draw(s_key, [2, 3, 4], CPU);
        Assert.Equal([2, 3, 4], drawn.shape);
        Assert.Equal(ScalarType.Float32, drawn.dtype);
        Assert.Equal(flat, drawn.data<float>().ToArray());
    }

    [Fact]
    public void Torch_noise_draws_what_a_seeded_libtorch_draws_in_the_order_of_the_calls()
    {
        using var scope = NewDisposeScope();
        using var noise = new TorchNoise(123, CPU);
        Assert.True(noise.IsSequential);
        manual_seed(123);
        // On the CPU, posterior noise and latents come from one generator.
        foreach (var kind in (NoiseTensor[])[NoiseTensor.Posterior, NoiseTensor.Posterior, NoiseTensor.Latent, NoiseTensor.Action, NoiseTensor.Step])
        {
            Same.Exactly(
                randn([1, 4, 8, 16], dtype: ScalarType.Float32),
                noise.Draw(s_key with { Tensor = kind }, [1, 4, 8, 16], CPU), kind.ToString());
        }
    }

    [Fact]
    public void Torch_noise_of_two_episodes_does_not_interfere()
    {
        using var scope = NewDisposeScope();
        using var alone = new TorchNoise(5, CPU);
        using var first = new TorchNoise(5, CPU);
        using var second = new TorchNoise(6, CPU);
        for (var i = 0; i < 3; i++)
        {
            second.Draw(s_key, [7], CPU);
            Same.Exactly(alone.Draw(s_key, [20], CPU), first.Draw(s_key, [20], CPU), $"draw {i}");
        }
    }

    [Fact]
    public void Replay_hands_out_the_record_and_says_what_does_not_fit()
    {
        using var scope = NewDisposeScope();
        Tensor first = ones([1, 2]), second = zeros([3], ScalarType.Float64);
        var noise = new ReplayNoise([first, second]);
        Assert.True(noise.IsSequential);
        var drawn = noise.Draw(s_key, [1, 2], CPU);
        drawn.fill_(7);
        Assert.Equal([1f, 1f], first.data<float>().ToArray());

        var misfit = Assert.Throws<SamplingException>(() => noise.Draw(s_key with { Step = 4 }, [1, 3], CPU));
        Assert.Equal(
            "recorded noise: draw 2 has shape [3], episode episode-0, iteration 0, Policy Latent noise, step 4, needs [1, 3]",
            misfit.Message);
        Assert.Equal(1, noise.Remaining);
        Assert.Equal(ScalarType.Float32, noise.Draw(s_key, [3], CPU).dtype);
        var exhausted = Assert.Throws<SamplingException>(() => noise.Draw(s_key, [3], CPU));
        Assert.Contains("asks for draw 3, 2 were recorded", exhausted.Message);
    }

    [Fact]
    public void Draws_belong_to_the_caller_and_nothing_else_stays_alive()
    {
        var before = Tensor.TotalCount;
        using var torchNoise = new TorchNoise(1, CPU);
        foreach (var noise in (INoiseSource[])[new PhiloxNoise(), torchNoise])
        {
            var drawn = noise.Draw(s_key, [4], CPU);
            Assert.Equal(before + 1, Tensor.TotalCount);
            drawn.Dispose();
        }

        Assert.Equal(before, Tensor.TotalCount);
    }
}

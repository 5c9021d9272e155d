namespace WorldModelActors.Models.Tests.Weights;

[Collection(LiveTensorsCollection.Name)]
public class RandomWeightsTests
{
    [Fact]
    public void A_tensor_depends_on_seed_and_key_alone()
    {
        using var a = new RandomWeights(7, (8, 16));
        using var b = new RandomWeights(7, (8, 16));
        using var other = new RandomWeights(8, (8, 16));
        var first = a.Parameter("x.weight", 4, 33).data<float>().ToArray();
        b.Parameter("y.weight", 4, 33);
        Assert.Equal(first, b.Scope("x").Parameter("weight", 4, 33).data<float>().ToArray());
        Assert.NotEqual(first, b.Parameter("y.weight", 4, 33).data<float>().ToArray());
        Assert.NotEqual(first, other.Parameter("x.weight", 4, 33).data<float>().ToArray());
    }

    [Fact]
    public void Scales_keep_activations_finite()
    {
        using var weights = new RandomWeights(1, (8, 16));
        using var scope = NewDisposeScope();
        var kernel = weights.Parameter("conv.weight", 64, 32, 3, 3).data<float>().ToArray();
        Assert.Equal(1.0 / (32 * 9), kernel.Average(v => (double)v * v), 1e-4);
        Assert.Equal(0, kernel.Average(), 1e-3);
        Assert.All(weights.Parameter("norm.weight", 5).data<float>().ToArray(), v => Assert.Equal(1, v));
        Assert.All(weights.Parameter("norm.bias", 5).data<float>().ToArray(), v => Assert.Equal(0, v));
        Assert.All(weights.Parameter("attn.in_proj_bias", 5).data<float>().ToArray(), v => Assert.Equal(0, v));
        Assert.InRange(weights.Parameter("positional_embedding", 77, 16).data<float>().ToArray().Max(), 0.01, 0.04);
    }

    /// <summary>The shim's generator is what fills weights on other devices.</summary>
    [Fact]
    public void The_shims_generator_gives_the_same_bits()
    {
        Assert.SkipUnless(CounterRandom.Fills(CPU), "TorchSharp stands in for the shim");
        using var scope = NewDisposeScope();
        using var weights = new RandomWeights(7, (8, 16));
        long[][] shapes = [[4, 33], [1, 1], [3, 2, 3, 3], [600, 999]];
        foreach (var shape in shapes)
        {
            var key = new WeightKey($"w{shape[0]}.weight", shape, IsBuffer: false, IsUsed: true);
            var expected = weights.Parameter(key.Name, shape).data<float>().ToArray();
            Assert.Equal(expected, weights.UniformOn(CPU, key, RandomWeights.Limit(key)!.Value).data<float>().ToArray());
        }
    }

    [Fact]
    public void Grids_temperatures_and_given_buffers_have_their_meaning()
    {
        using var weights = new RandomWeights(1, (8, 16), new Dictionary<string, float[]> { ["betas"] = [1, 2, 3] }, dtype: ScalarType.Float16);
        Assert.Equal([1f, 2, 3], weights.Buffer("betas", 3).data<float>().ToArray());
        Assert.Equal([1f], weights.Buffer("h.temperature", 1).data<float>().ToArray());
        Assert.Equal([-1f, -1f / 3, 1f / 3, 1, -1, -1f / 3, 1f / 3, 1], weights.Buffer("h.pos_x", 1, 8).data<float>().ToArray().Select(v => MathF.Round(v * 3) / 3));
        Assert.Equal([-1f, -1, -1, -1, 1, 1, 1, 1], weights.Buffer("h.pos_y", 1, 8).data<float>().ToArray());
        Assert.Equal([-1f], weights.Buffer("k.pos_y", 1, 1).data<float>().ToArray());
        Assert.Equal(ScalarType.Float16, weights.Parameter("w.weight", 2, 2).dtype);
        Assert.Equal(ScalarType.Float32, weights.Buffer("betas", 3).dtype);
    }

    [Fact]
    public void Meta_weights_cost_nothing_and_leave_the_schema()
    {
        var before = Tensor.TotalCount;
        using (var weights = new MetaWeights())
        {
            Assert.Equal([1L << 20, 1L << 20], weights.Scope("huge").Parameter("weight", 1L << 20, 1L << 20).shape);
            weights.Buffer("buffer", 5);
            weights.Unused("unused", [7]);
            Assert.Equal(["huge.weight", "buffer", "unused"], weights.Schema.Keys.Select(k => k.Name));
            Assert.Equal((1L << 40) + 7, weights.Schema.ParameterCount);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }
}

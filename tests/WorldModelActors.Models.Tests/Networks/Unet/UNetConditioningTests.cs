namespace WorldModelActors.Models.Tests;

[Collection(LiveTensorsCollection.Name)]
public sealed class UNetConditioningTests : NetworkTest
{
    private const double Rounding = 1e-6;
    private const double OtherBatch = 1e-5;
    private readonly GoldenFile _golden = new(RepositoryFiles.Golden("wma_forward_sim.safetensors"));
    private readonly GoldenFile _pair = new(RepositoryFiles.Golden("wma_forward_sim_b2.safetensors"));

    [Fact]
    public void A_prepared_pass_equals_an_unprepared_one()
    {
        var network = Network();
        using var conditioning = Prepare(network, _golden);
        var first = Forward(network, _golden, conditioning);
        var second = Forward(network, _golden, conditioning);
        var plain = network.Forward(
            _golden["x"], _golden["x_action"], _golden["x_state"], _golden["timesteps"], _golden["context"], _golden["obs_image"], _golden["obs_state"], _golden["fs"]);
        AssertSame(plain, first, Rounding);
        AssertSame(plain, second, Rounding);
    }

    [Fact]
    public void Encoded_observations_may_be_shared_by_passes()
    {
        var network = Network();
        using var features = network.EncodeObservation(_golden["obs_image"], _golden["obs_state"], HeadSelection.Both);
        using var conditioning = network.Prepare(_golden["context"], _golden["fs"], features);
        using var expected = Prepare(network, _golden);
        AssertSame(Forward(network, _golden, expected), Forward(network, _golden, conditioning), Rounding);
        Assert.False(features.Action!.IsInvalid);
    }

    [Theory]
    [InlineData(HeadSelection.None)]
    [InlineData(HeadSelection.Action)]
    [InlineData(HeadSelection.State)]
    public void Only_the_heads_asked_for_are_evaluated(HeadSelection heads)
    {
        var network = Network();
        using var both = Prepare(network, _golden);
        using var conditioning = network.Prepare(_golden["context"], _golden["fs"], _golden["obs_image"], _golden["obs_state"], heads);
        Assert.Equal(heads, conditioning.Heads);
        var expected = Forward(network, _golden, both);
        var output = network.Forward(_golden["x"], _golden["x_action"], _golden["x_state"], _golden["timesteps"], conditioning, heads);
        Assert.True(GoldenFile.RelativeError(output.Latent, expected.Latent) <= Rounding);
        AssertOptional(heads.HasFlag(HeadSelection.Action), output.Action, expected.Action!);
        AssertOptional(heads.HasFlag(HeadSelection.State), output.State, expected.State!);
    }

    [Fact]
    public void Samples_prepared_alone_and_joined_give_the_batchs_results()
    {
        var network = Network();
        using var together = Prepare(network, _pair);
        using var first = Prepare(network, _pair, 0);
        using var second = Prepare(network, _pair, 1);
        using var joined = UNetConditioning.Cat([first, second]);
        Assert.Equal(2, joined.Batch);
        Assert.Equal(first.Bytes + second.Bytes, joined.Bytes);
        AssertSame(Forward(network, _pair, together), Forward(network, _pair, joined), OtherBatch);
    }

    [Fact]
    public void A_samples_result_does_not_depend_on_its_neighbours()
    {
        var network = Network();
        using var together = Prepare(network, _pair);
        var expected = Forward(network, _pair, together);
        for (var sample = 0; sample < 2; sample++)
        {
            using var alone = Prepare(network, _pair, sample);
            var output = network.Forward(
                Row(_pair, "x", sample), Row(_pair, "x_action", sample), Row(_pair, "x_state", sample), Row(_pair, "timesteps", sample), alone, HeadSelection.Both);
            Assert.True(GoldenFile.RelativeError(output.Latent, expected.Latent.narrow(0, sample, 1)) <= OtherBatch);
            Assert.True(GoldenFile.RelativeError(output.Action!, expected.Action!.narrow(0, sample, 1)) <= OtherBatch);
            Assert.True(GoldenFile.RelativeError(output.State!, expected.State!.narrow(0, sample, 1)) <= OtherBatch);
        }
    }

    /// <summary>Samples that read different heads share a batch: every head sees its own rows, wherever they stand.</summary>
    [Theory]
    [InlineData(HeadSelection.Action, HeadSelection.State)]
    [InlineData(HeadSelection.State, HeadSelection.Action)]
    [InlineData(HeadSelection.None, HeadSelection.Both)]
    [InlineData(HeadSelection.Both, HeadSelection.Action)]
    [InlineData(HeadSelection.Action, HeadSelection.State, HeadSelection.Action)]
    [InlineData(HeadSelection.State, HeadSelection.None, HeadSelection.Both, HeadSelection.State)]
    public void Every_sample_reads_its_own_heads(params HeadSelection[] heads)
    {
        var network = Network();
        using var together = Prepare(network, _pair);
        var expected = Forward(network, _pair, together);
        var samples = heads.Select((_, i) => i % 2).ToArray();
        var parts = heads.Select((read, i) => network.Prepare(
            Row(_pair, "context", samples[i]), Row(_pair, "fs", samples[i]), Row(_pair, "obs_image", samples[i]), Row(_pair, "obs_state", samples[i]), read)).ToArray();
        using var joined = UNetConditioning.Cat(parts);
        Assert.Equal(heads, joined.RowHeads);
        Tensor Rows(string name) => cat([.. samples.Select(s => Row(_pair, name, s))], 0);
        var output = network.Forward(Rows("x"), Rows("x_action"), Rows("x_state"), Rows("timesteps"), joined, heads);
        AssertRows(output.Latent, expected.Latent, samples);
        AssertRows(output.Action, expected.Action!, Readers(HeadSelection.Action));
        AssertRows(output.State, expected.State!, Readers(HeadSelection.State));
        foreach (var part in parts)
        {
            part.Dispose();
        }

        int[] Readers(HeadSelection head) => [.. samples.Where((_, i) => heads[i].HasFlag(head))];
        static void AssertRows(Tensor? actual, Tensor expected, int[] samples)
        {
            Assert.Equal(samples.Length, actual?.size(0) ?? 0);
            for (var i = 0; i < samples.Length; i++)
            {
                Assert.True(GoldenFile.RelativeError(actual!.narrow(0, i, 1), expected.narrow(0, samples[i], 1)) <= OtherBatch);
            }
        }
    }

    [Fact]
    public void A_head_can_only_be_read_by_samples_that_brought_its_features()
    {
        var network = Network();
        using var action = network.Prepare(_golden["context"], _golden["fs"], _golden["obs_image"], _golden["obs_state"], HeadSelection.Action);
        using var state = network.Prepare(_golden["context"], _golden["fs"], _golden["obs_image"], _golden["obs_state"], HeadSelection.State);
        using var joined = UNetConditioning.Cat([action, state]);
        Tensor Twice(string name) => cat([_golden[name], _golden[name]], 0);
        string Message(params HeadSelection[] heads) =>
            Refused(() => network.Forward(Twice("x"), Twice("x_action"), Twice("x_state"), Twice("timesteps"), joined, heads));
        Assert.Contains("no observation features", Message(HeadSelection.State, HeadSelection.State));
        Assert.Contains("no observation features", Message(HeadSelection.Action, HeadSelection.Action));
        Assert.Contains("1 samples name the heads", Message(HeadSelection.Action));
    }

    [Fact]
    public void The_conditioning_latent_may_be_held_by_the_conditioning()
    {
        var network = Network();
        var x = _golden["x"].clone();
        // One observed frame stands for all sixteen.
        x.narrow(1, 4, 4).copy_(x.narrow(1, 4, 4).narrow(2, 0, 1).expand(1, 4, 16, 8, 16));
        using var plain = network.Prepare(_golden["context"], _golden["fs"], null);
        using var holding = network.Prepare(_golden["context"], _golden["fs"], null, x.narrow(1, 4, 4).narrow(2, 0, 1));
        var expected = network.Forward(x, null, null, _golden["timesteps"], plain, HeadSelection.None).Latent;
        var latent = network.Forward(x.narrow(1, 0, 4), null, null, _golden["timesteps"], holding, HeadSelection.None).Latent;
        Assert.True(GoldenFile.RelativeError(latent, expected) <= Rounding);
    }

    [Fact]
    public void Different_layouts_cannot_share_a_batch()
    {
        using var policy = new GoldenFile(RepositoryFiles.Golden("wma_forward_policy.safetensors"));
        var network = Network();
        using var simulation = network.Prepare(_golden["context"], _golden["fs"], null);
        using var withoutActions = network.Prepare(policy["context"], policy["fs"], null);
        Assert.False(simulation.Fits(withoutActions));
        Assert.Contains("context layouts", Refused(() => UNetConditioning.Cat([simulation, withoutActions])));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        var network = Network();
        using var conditioning = network.Prepare(_golden["context"], _golden["fs"], null);
        var (x, sample, t) = (_golden["x"], _golden["x_action"], _golden["timesteps"]);
        string Latent(params long[] shape) => Refused(() => network.Forward(zeros(shape), null, null, t, conditioning, HeadSelection.None));
        Assert.Contains("[1, 8, 16, h, w]", Latent(2, 8, 16, 8, 16));
        Assert.Contains("[1, 8, 16, h, w]", Latent(1, 8, 15, 8, 16));
        Assert.Contains("divisible by 8", Latent(1, 8, 16, 8, 12));
        Assert.Contains("4 channels", Latent(1, 4, 16, 8, 16));
        Assert.Contains("no noisy action", Refused(() => network.Forward(x, null, null, t, conditioning, HeadSelection.Action)));
        Assert.Contains("no observation features", Refused(() => network.Forward(x, sample, null, t, conditioning, HeadSelection.Action)));
        Assert.Contains("no observation images", Refused(() => network.Prepare(_golden["context"], null, null, null, HeadSelection.State)));
    }

    [Fact]
    public void Passes_leave_no_tensors_behind()
    {
        using var scope = NewDisposeScope();
        var network = Network();
        var inputs = new[] { "context", "fs", "obs_image", "obs_state", "x", "x_action", "x_state", "timesteps" }.ToDictionary(n => n, n => _golden[n]);
        var before = Tensor.TotalCount;
        var conditioning = network.Prepare(inputs["context"], inputs["fs"], inputs["obs_image"], inputs["obs_state"], HeadSelection.Both);
        var joined = UNetConditioning.Cat([conditioning]);
        conditioning.Dispose();
        using (NewDisposeScope())
        {
            network.Forward(inputs["x"], inputs["x_action"], inputs["x_state"], inputs["timesteps"], joined, HeadSelection.Both, captureFeatures: true);
            network.Forward(inputs["x"], null, null, inputs["timesteps"], joined, HeadSelection.None);
        }

        joined.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static Tensor Row(GoldenFile golden, string name, int? sample) =>
        sample is { } row ? golden[name].narrow(0, row, 1) : golden[name];

    private static UNetConditioning Prepare(WmaUNet network, GoldenFile golden, int? sample = null) => network.Prepare(
        Row(golden, "context", sample), Row(golden, "fs", sample), Row(golden, "obs_image", sample), Row(golden, "obs_state", sample), HeadSelection.Both);

    private static UNetOutput Forward(WmaUNet network, GoldenFile golden, UNetConditioning conditioning) => network.Forward(
        golden["x"], golden["x_action"], golden["x_state"], golden["timesteps"], conditioning, HeadSelection.Both);

    private static void AssertSame(UNetOutput expected, UNetOutput actual, double tolerance)
    {
        Assert.True(GoldenFile.RelativeError(actual.Latent, expected.Latent) <= tolerance);
        Assert.True(GoldenFile.RelativeError(actual.Action!, expected.Action!) <= tolerance);
        Assert.True(GoldenFile.RelativeError(actual.State!, expected.State!) <= tolerance);
    }

    private static void AssertOptional(bool wanted, Tensor? actual, Tensor expected)
    {
        Assert.Equal(wanted, actual is not null);
        if (actual is not null)
        {
            Assert.True(GoldenFile.RelativeError(actual, expected) <= Rounding);
        }
    }

    private static string Refused(Action action) => Assert.Throws<ModelInputException>(action).Message;
}

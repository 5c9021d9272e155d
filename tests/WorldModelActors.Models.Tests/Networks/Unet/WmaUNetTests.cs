namespace WorldModelActors.Models.Tests;

public sealed class WmaUNetTests : NetworkTest
{
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("wma_forward_sim.safetensors")]
    [InlineData("wma_forward_policy.safetensors")]
    [InlineData("wma_forward_policy_zero_action.safetensors")]
    [InlineData("wma_forward_sim_b2.safetensors")]
    public void Forward_pass_is_the_references(string file)
    {
        using var golden = new GoldenFile(RepositoryFiles.Golden(file));
        var output = Forward(Network(), golden);
        golden.Check("y", output.Latent, Tolerance);
        golden.Check("action", output.Action!, Tolerance);
        golden.Check("state", output.State!, Tolerance);
    }

    [Fact]
    public void Features_for_the_heads_are_the_references()
    {
        using var golden = new GoldenFile(RepositoryFiles.Golden("wma_forward_sim.safetensors"));
        var features = Forward(Network(), golden, captureFeatures: true).Features!;
        Assert.Equal(9, features.Count);
        for (var i = 0; i < features.Count; i++)
        {
            golden.Check($"hs_a.{i}", features[i].unsqueeze(0), Tolerance);
        }
    }

    [Fact]
    public void Without_a_frame_stride_the_default_is_used()
    {
        using var golden = new GoldenFile(RepositoryFiles.Golden("wma_forward_sim.safetensors"));
        var output = Network().Forward(
            golden["x"], null, null, golden["timesteps"], golden["context"], null, null, fs: null, HeadSelection.None);
        golden.Check("y_fs_none_default10", output.Latent, Tolerance);
        Assert.Null(output.Action);
        Assert.Null(output.State);
        Assert.Null(output.Features);
    }

    [Fact]
    public void The_base_model_takes_its_context_per_frame_and_runs_no_heads()
    {
        using var golden = new GoldenFile(RepositoryFiles.Golden("wma_forward_base.safetensors"));
        var network = Network(Options with { BaseModelGenOnly = true, NumObsSteps = 1 });
        var sample = ones([1, 16, 16]);
        var output = network.Forward(golden["x"], sample, sample, golden["timesteps"], golden["context"], null, null, golden["fs"]);
        golden.Check("y", output.Latent, Tolerance);
        Assert.True(output.Action!.Equals(zeros([1, 16, 16])));
        Assert.True(output.State!.Equals(zeros([1, 16, 16])));
    }

    private static UNetOutput Forward(WmaUNet network, GoldenFile golden, bool captureFeatures = false) => network.Forward(
        golden["x"],
        golden["x_action"],
        golden["x_state"],
        golden["timesteps"],
        golden["context"],
        golden["obs_image"],
        golden["obs_state"],
        golden["fs"],
        HeadSelection.Both,
        captureFeatures);
}

namespace WorldModelActors.Models.Tests;

/// <summary>The micro model's forward pass, whose checkpoint lies in the repository.</summary>
public sealed class MicroForwardTests
{
    [Fact]
    public void Forward_pass_over_a_torch_checkpoint_is_the_references()
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenFile(RepositoryFiles.Golden("micro/forward.safetensors"));
        using var weights = CheckpointWeights.Open(RepositoryFiles.Golden("micro/micro.ckpt"));
        var network = new WmaUNet(weights.Scope("model.diffusion_model"), MicroModel.Options.UNet);
        var output = network.Forward(
            golden["x"],
            golden["x_action"],
            golden["x_state"],
            golden["timesteps"],
            golden["context"],
            golden["obs_image"],
            golden["obs_state"],
            golden["fs"]);
        golden.Check("y", output.Latent, 1e-4);
        golden.Check("action", output.Action!, 1e-4);
        golden.Check("state", output.State!, 1e-4);
    }

    /// <summary>
    /// Its deepest level has groups of one element, whose norm turns the rounding of the record into an error of 9.2e-5; the pass itself
    /// is far closer to exact arithmetic.
    /// </summary>
    [Fact]
    public void Forward_pass_in_float32_is_that_in_float64()
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenFile(RepositoryFiles.Golden("micro/forward.safetensors"));
        UNetOutput Run(ScalarType dtype)
        {
            using var weights = CheckpointWeights.Open(RepositoryFiles.Golden("micro/micro.ckpt"), dtype: dtype);
            return new WmaUNet(weights.Scope("model.diffusion_model"), MicroModel.Options.UNet).Forward(
                golden["x"], golden["x_action"], golden["x_state"], golden["timesteps"], golden["context"], golden["obs_image"], golden["obs_state"], golden["fs"]);
        }

        var (exact, single) = (Run(ScalarType.Float64), Run(ScalarType.Float32));
        Assert.Equal(ScalarType.Float64, exact.Latent.dtype);
        foreach (var (expected, actual) in new[] { (exact.Latent, single.Latent), (exact.Action!, single.Action!), (exact.State!, single.State!) })
        {
            var error = (actual.@double() - expected.@double()).norm() / expected.@double().norm();
            Assert.InRange(error.item<double>(), 1e-9, 1e-5);
        }
    }
}

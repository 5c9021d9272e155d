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
}

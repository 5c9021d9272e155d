namespace WorldModelActors.Models.Tests.Weights;

/// <summary>Whole networks on the weights that the loaders make.</summary>
[Collection(LiveTensorsCollection.Name)]
public class LoadedModelTests
{
    [Fact]
    public void Random_weights_give_finite_outputs_of_sensible_size()
    {
        var before = Tensor.TotalCount;
        using (var model = WorldModel.Build(TinyModel.Options, new RandomWeights(3, TinyModel.Options.LatentSize)))
        using (NewDisposeScope())
        {
            var generator = new Generator(5);
            var output = model.UNet.Forward(
                randn([1, 8, 16, 8, 16], generator: generator),
                randn([1, 16, 16], generator: generator),
                randn([1, 16, 16], generator: generator),
                tensor([500L]),
                randn([1, 351, 24], generator: generator),
                rand([1, 3, 2, 64, 128], generator: generator),
                randn([1, 2, 16], generator: generator),
                tensor([10L]),
                HeadSelection.Both);
            foreach (var result in new[] { output.Latent, output.Action!, output.State! })
            {
                var rms = result.square().mean().sqrt().ToDouble();
                Assert.InRange(rms, 0.01, 100);
            }

            generator.Dispose();
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void The_micro_checkpoint_gives_the_recorded_forward()
    {
        using var weights = CheckpointWeights.Open(RepositoryFiles.Golden("micro/micro.ckpt"));
        using var golden = new GoldenFile(RepositoryFiles.Golden("micro/forward.safetensors"));
        var unet = new WmaUNet(weights.Scope("model").Scope("diffusion_model"), MicroModel.Options.UNet);
        using var scope = NewDisposeScope();
        var output = unet.Forward(
            golden["x"], golden["x_action"], golden["x_state"], golden["timesteps"], golden["context"], golden["obs_image"], golden["obs_state"], golden["fs"], HeadSelection.Both);
        golden.Check("y", output.Latent, 1e-4);
        golden.Check("action", output.Action!, 1e-4);
        golden.Check("state", output.State!, 1e-4);
    }
}

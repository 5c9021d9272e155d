using WorldModelActors.Models;

namespace WorldModelActors.Benchmarks.Tests;

public sealed class ColdStartTests
{
    private static readonly string s_config = Path.Combine(RepositoryRoot(), "assets", "demo-world-model", "config.yaml");

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    public void What_is_written_is_a_whole_checkpoint_of_the_model_with_its_random_weights(ScalarType type)
    {
        var folder = Directory.CreateTempSubdirectory("wma-cold");
        try
        {
            var file = Path.Combine(folder.FullName, "made", "random.safetensors");
            var bytes = new ColdStart { Config = s_config, Type = type }.WriteCheckpoint(file, CPU, stop: TestContext.Current.CancellationToken);
            Assert.InRange(new FileInfo(file).Length, bytes, bytes + (1 << 20));

            var options = ModelConfiguration.Load(s_config).Options;
            using var expected = FullSizeModel.Random(options, CPU, type);
            // Complete: no key is missing, misshapen or unknown.
            using var read = FullSizeModel.Load(options, file, CPU, type);

            using var scope = NewDisposeScope();
            var images = zeros([1, 3, options.ImageSize.Height, options.ImageSize.Width]) + 0.25;
            if (type == ScalarType.Float32)
            {
                Assert.Equal(Numbers(expected.Model.Conditions.EmbedImages(images)), Numbers(read.Model.Conditions.EmbedImages(images)));
            }

            Assert.Equal(type, read.Model.Dtype);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_refused_by_name()
    {
        var folder = Directory.CreateTempSubdirectory("wma-cold");
        try
        {
            var file = Path.Combine(folder.FullName, "random.safetensors");
            new SafetensorsWriter().Add("model.diffusion_model.out.2.bias", [4], new float[4]).Save(file, cancellation: TestContext.Current.CancellationToken);
            var failure = Assert.Throws<CheckpointException>(() => FullSizeModel.Load(ModelConfiguration.Load(s_config).Options, file, CPU, ScalarType.Float32).Dispose());
            Assert.Contains(file, failure.Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static float[] Numbers(Tensor tensor) => tensor.@float().contiguous().data<float>().ToArray();

    private static string RepositoryRoot()
    {
        for (var folder = AppContext.BaseDirectory; ; folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no repository above the tests"))
        {
            if (File.Exists(Path.Combine(folder, "WorldModelActors.sln")))
            {
                return folder;
            }
        }
    }
}

namespace WorldModelActors.Models.Tests;

[Collection(LiveTensorsCollection.Name)]
public sealed class NetworkLifetimeTests : IDisposable
{
    private readonly FileWeights _weights = new(RepositoryFiles.SharedGolden("model.safetensors"));
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _weights.Dispose();
    }

    [Fact]
    public void The_autoencoder_leaves_only_its_results()
    {
        var autoencoder = new AutoencoderKL(_weights.At("first_stage_model."), TinyModel.Autoencoder);
        var firstStage = new FirstStage(autoencoder, 0.18215);
        var (image, latent) = (randn([1, 3, 64, 128]), randn([1, 4, 8, 16]));
        CheckResults(1, () => firstStage.EncodeScaled(image, latent));
        CheckResults(1, () => firstStage.DecodeScaled(latent));
        CheckResults(2, () => autoencoder.Encode(image));
    }

    [Fact]
    public void The_towers_and_projectors_leave_only_their_results()
    {
        var imageEncoder = new ClipImageEncoder(_weights.At("embedder.model."), TinyModel.ClipImage);
        var resampler = new Resampler(_weights.At("image_proj_model."), TinyModel.Resampler);
        var textEncoder = new ClipTextEncoder(_weights.At("cond_stage_model.model."), TinyModel.ClipText);
        var projector = new MlpProjector(_weights.At("state_projector."), 16, 24);
        var (image, tokens) = (randn([2, 3, 300, 100]), randn([2, 50, 48]));
        var (ids, states) = (zeros([1, 77], ScalarType.Int64), randn([1, 2, 16]));
        CheckResults(1, () => imageEncoder.Forward(image));
        CheckResults(1, () => resampler.Forward(tokens));
        CheckResults(1, () => textEncoder.Forward(ids));
        CheckResults(1, () => projector.Forward(states));
    }

    [Fact]
    public void A_world_model_frees_everything_that_it_owns()
    {
        var before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            using var model = WorldModel.Build(DemoModel.Options, new FileWeights(RepositoryFiles.Demo("model.safetensors")));
            using var observation = model.Conditions.EmbedObservation(rand([1, 3, 64, 64]), randn([1, 2, 16]));
            model.Conditions.Assemble(observation, model.Text.Embed(""), randn([1, 16, 16]), simMode: true);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_text_cache_frees_what_it_holds()
    {
        var before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            using var cache = new TextEmbeddingCache(4);
            for (var i = 0; i < 10; i++)
            {
                cache.GetOrAdd($"{i}", _ => zeros([1]));
            }
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    private static void CheckResults(int tensors, Func<IDisposable> forward)
    {
        var before = Tensor.TotalCount;
        using (forward())
        {
            Assert.Equal(before + tensors, Tensor.TotalCount);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }
}

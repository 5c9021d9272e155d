namespace WorldModelActors.Models.Tests;

public sealed class AutoencoderTests : IDisposable
{
    private const double Tolerance = 1e-5;
    private readonly GoldenFile _golden = new(RepositoryFiles.Golden("mod_vae.safetensors"));
    private readonly FileWeights _weights = new(RepositoryFiles.SharedGolden("model.safetensors"));
    private readonly AutoencoderKL _autoencoder;
    private readonly DisposeScope _scope = NewDisposeScope();

    public AutoencoderTests()
        => _autoencoder = new AutoencoderKL(_weights.At("first_stage_model."), TinyModel.Autoencoder);

    public void Dispose()
    {
        _scope.Dispose();
        _weights.Dispose();
        _golden.Dispose();
    }

    [Fact]
    public void Moments_of_the_posterior_are_the_references()
    {
        var image = _golden["image"];
        _golden.Check("encoder_out", _autoencoder.EncodeRaw(image), Tolerance);
        _golden.Check("moments", _autoencoder.EncodeMoments(image), Tolerance);
        using var posterior = _autoencoder.Encode(image);
        _golden.Check("mean_mode", posterior.Mean, Tolerance);
        _golden.Check("logvar_clamped", posterior.LogVariance, Tolerance);
        _golden.Check("std", posterior.StandardDeviation(), Tolerance);
    }

    [Fact]
    public void A_scaled_latent_is_a_sample_of_the_posterior()
    {
        var firstStage = new FirstStage(_autoencoder, 0.18215);
        _golden.Check("z_scaled", firstStage.EncodeScaled(_golden["image"], _golden["noise"]), Tolerance);
    }

    [Fact]
    public void Decoded_images_are_the_references()
    {
        var firstStage = new FirstStage(_autoencoder, 0.18215);
        _golden.Check("decoded", firstStage.DecodeScaled(_golden["z_scaled"]), Tolerance);
        _golden.Check("decoded_from_mode", _autoencoder.Decode(_golden["mean_mode"]), Tolerance);
    }

    [Fact]
    public void Frames_of_a_batch_do_not_mix()
    {
        var latents = _golden["z_scaled"];
        var firstStage = new FirstStage(_autoencoder, 0.18215);
        var together = firstStage.DecodeScaled(latents);
        for (var i = 0; i < 2; i++)
        {
            var alone = firstStage.DecodeScaled(latents.narrow(0, i, 1));
            Assert.True(GoldenFile.RelativeError(alone, together.narrow(0, i, 1)) <= Tolerance);
        }
    }

    [Fact]
    public void In_bfloat16_only_the_network_is_rounded()
    {
        using var weights = new FileWeights(RepositoryFiles.SharedGolden("model.safetensors"), ScalarType.BFloat16);
        var autoencoder = new AutoencoderKL(weights.At("first_stage_model."), TinyModel.Autoencoder);
        var firstStage = new FirstStage(autoencoder, 0.18215, ScalarType.BFloat16);
        var latents = firstStage.EncodeScaled(_golden["image"], _golden["noise"]);
        var images = firstStage.DecodeScaled(_golden["z_scaled"]);
        Assert.Equal(ScalarType.Float32, latents.dtype);
        Assert.Equal(ScalarType.Float32, images.dtype);
        _golden.Check("z_scaled", latents, 5e-2);
        _golden.Check("decoded", images, 5e-2);
    }

    [Fact]
    public void The_log_variance_is_clamped()
    {
        var moments = tensor([0.5f, 1.5f, -100f, 100f], [1, 4, 1, 1]);
        using var posterior = new DiagonalGaussian(moments);
        Assert.Equal([0.5f, 1.5f], posterior.Mean.data<float>().ToArray());
        Assert.Equal([-30f, 20f], posterior.LogVariance.data<float>().ToArray());
    }
}

namespace WorldModelActors.Models.Tests;

public sealed class ClipImageTests : IDisposable
{
    private const double Tolerance = 1e-5;
    private readonly GoldenFile _golden = new(RepositoryFiles.Golden("clip_image.safetensors"));
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _golden.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Preprocessing_is_korniass(int image)
    {
        var pixels = ClipImagePreprocess.Apply(Image(image), 224);
        Assert.Equal([1L, 3, 224, 224], pixels.shape);
        if (_golden.Contains($"preprocessed{image}"))
        {
            _golden.Check($"preprocessed{image}", pixels, Tolerance);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Tokens_are_the_references(int image)
    {
        using var weights = new FileWeights(RepositoryFiles.SharedGolden("model.safetensors"));
        var encoder = new ClipImageEncoder(weights.At("embedder.model."), TinyModel.ClipImage);
        _golden.Check($"tokens{image}", encoder.Forward(Image(image)), Tolerance);
    }

    [Fact]
    public void An_image_of_the_right_size_is_only_normalised()
    {
        var gray = full([1, 3, 224, 224], 0.25f);
        var pixels = ClipImagePreprocess.Apply(gray, 224);
        Assert.Equal((0.625 - 0.48145466) / 0.26862954, pixels[0, 0, 100, 7].ToDouble(), 1e-6);
        Assert.Equal((0.625 - 0.4578275) / 0.26130258, pixels[0, 1, 0, 0].ToDouble(), 1e-6);
        Assert.Equal((0.625 - 0.40821073) / 0.27577711, pixels[0, 2, 223, 223].ToDouble(), 1e-6);
    }

    [Fact]
    public void A_constant_image_stays_constant_under_blur_and_interpolation()
    {
        var pixels = ClipImagePreprocess.Apply(full([2, 3, 1000, 300], -1.5f), 224);
        var channel = pixels.narrow(1, 0, 1);
        Assert.Equal((-0.25 - 0.48145466) / 0.26862954, channel.amax([0, 1, 2, 3]).ToDouble(), 1e-5);
        Assert.Equal((-0.25 - 0.48145466) / 0.26862954, channel.amin([0, 1, 2, 3]).ToDouble(), 1e-5);
    }

    private Tensor Image(int number) => ((_golden[$"image{number}_u8"] / 255) - 0.5) * 2;
}

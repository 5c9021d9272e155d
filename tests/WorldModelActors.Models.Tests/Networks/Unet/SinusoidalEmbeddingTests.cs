namespace WorldModelActors.Models.Tests;

public sealed class SinusoidalEmbeddingTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("out_dim32", 32)]
    [InlineData("out_dim33", 33)]
    [InlineData("out_dim320", 320)]
    public void The_backbones_form_is_the_references(string name, int dim)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenFile(RepositoryFiles.Golden("mod_timestep_embedding.safetensors"));
        golden.Check(name, SinusoidalEmbedding.CosineFirst(golden["timesteps"], dim), Tolerance);
    }

    [Fact]
    public void The_heads_form_is_the_references()
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenFile(RepositoryFiles.Golden("mod_timestep_embedding.safetensors"));
        golden.Check("head_sinusoidal_dim16", SinusoidalEmbedding.SineFirst(golden["timesteps"], 16), Tolerance);
        golden.Check("cond_pos_emb", SinusoidalEmbedding.SineFirst(arange(16, ScalarType.Int64), 24), Tolerance);
    }
}

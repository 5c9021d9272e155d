namespace WorldModelActors.Models.Tests;

public sealed class TemporalTransformerTests : NetworkTest
{
    private const double Tolerance = 1e-5;
    private readonly GoldenFile _golden = new(RepositoryFiles.Golden("mod_temporal_transformer.safetensors"));

    [Fact]
    public void Temporal_transformer_is_the_references()
        => Check("out", new TemporalTransformer(At("input_blocks.1.2."), 32, 4, 8, 1));

    [Fact]
    public void Initial_attention_with_its_convolution_projections_is_the_references()
        => Check("init_attn_out", new TemporalTransformer(At("init_attn.0."), 32, 8, 8, 1, convProjections: true));

    private void Check(string name, TemporalTransformer transformer)
        => _golden.Check(name, transformer.Forward(_golden["x"].transpose(1, 2)).transpose(1, 2), Tolerance);
}

namespace WorldModelActors.Models.Tests;

public sealed class ResBlockTests : NetworkTest
{
    private const double Tolerance = 1e-5;
    private const int EmbedDim = 128;
    private readonly GoldenFile _golden = new(RepositoryFiles.Golden("mod_resblock.safetensors"));

    [Fact]
    public void Residual_block_is_the_references()
    {
        var block = new ResBlock(At("input_blocks.1.0."), 32, 32, EmbedDim);
        var embedding = F.silu(_golden["emb"]);
        _golden.Check("out", block.Forward(_golden["x"], embedding, 1), Tolerance);
        _golden.Check("out_no_batch_size", block.Forward(_golden["x"], embedding, null), Tolerance);
    }

    [Fact]
    public void Residual_block_with_a_projected_skip_is_the_references()
    {
        var block = new ResBlock(At("output_blocks.0.0."), 128, 64, EmbedDim);
        _golden.Check("out2", block.Forward(_golden["x2"], F.silu(_golden["emb"]), 1), Tolerance);
    }

    [Fact]
    public void Temporal_convolution_is_the_references()
    {
        var block = new TemporalConvBlock(At("input_blocks.1.0.temopral_conv."), 32);
        var y = block.Forward(_golden["x"].unsqueeze(0)).transpose(1, 2).narrow(1, 0, 8);
        _golden.Check("tconv_out_b_c_t_h_w", y, Tolerance);
    }
}

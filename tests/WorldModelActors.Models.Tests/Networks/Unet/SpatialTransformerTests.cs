namespace WorldModelActors.Models.Tests;

public sealed class SpatialTransformerTests : NetworkTest
{
    private const double Tolerance = 1e-5;
    private const int Channels = 32;
    private readonly GoldenFile _golden = new(RepositoryFiles.Golden("mod_spatial_transformer.safetensors"));

    [Theory]
    [InlineData("ctx351", "in_out351")]
    [InlineData("ctx95", "in_out95")]
    [InlineData("ctx93", "in_out93")]
    public void Input_block_transformer_is_the_references(string context, string expected)
        => CheckTransformer("input_blocks.1.1.", 256, context, expected);

    [Theory]
    [InlineData("ctx351", "out_out351")]
    [InlineData("ctx95", "out_out95")]
    public void Output_block_transformer_with_its_shifted_slices_is_the_references(string context, string expected)
        => CheckTransformer("output_blocks.11.1.", 16, context, expected);

    [Theory]
    [InlineData("input_blocks.1.1.", 256, "ctx351", "in_attn2_351")]
    [InlineData("output_blocks.11.1.", 16, "ctx351", "out_attn2_351")]
    [InlineData("input_blocks.1.1.", 256, "ctx95", "in_attn2_95")]
    [InlineData("input_blocks.1.1.", 256, "ctx93", "in_attn2_93")]
    public void Cross_attention_is_the_references(string prefix, int actionTokens, string context, string expected)
    {
        var attention = new CrossAttention(At(prefix + "transformer_blocks.0.attn2."), Channels, 4, actionTokens, Options);
        var branches = attention.Prepare(new FrameContext(_golden[context]));
        _golden.Check(expected, attention.Forward(_golden["tokens"], branches), Tolerance);
    }

    [Fact]
    public void Tokens_that_all_frames_share_may_be_given_once()
    {
        var attention = new CrossAttention(At("input_blocks.1.1.transformer_blocks.0.attn2."), Channels, 4, 256, Options);
        var perFrame = _golden["ctx351"];
        var (state, text) = (perFrame.narrow(0, 0, 1).narrow(1, 0, 2), perFrame.narrow(0, 0, 1).narrow(1, 258, 77));
        var repeated = cat(
            [state.expand(16, 2, 24), perFrame.narrow(1, 2, 256), text.expand(16, 77, 24), perFrame.narrow(1, 335, 16)], 1);
        var plain = attention.Forward(_golden["tokens"], attention.Prepare(new FrameContext(repeated)));
        var shared = attention.Prepare(new FrameContext(repeated, (0, state), (258, text)));
        Assert.Equal(2, shared.Count(branch => branch.SharedByFrames));
        Assert.True(GoldenFile.RelativeError(attention.Forward(_golden["tokens"], shared), plain) <= 1e-6);
    }

    [Fact]
    public void Self_attention_and_feed_forward_are_the_references()
    {
        var block = At("input_blocks.1.1.transformer_blocks.0.");
        _golden.Check("in_attn1", new SelfAttention(block.Scope("attn1"), Channels, 4).Forward(_golden["tokens"]), Tolerance);
        _golden.Check("ff", new FeedForward(block.Scope("ff"), Channels).Forward(_golden["tokens"]), Tolerance);
    }

    [Theory]
    [InlineData("mask_aa_256", 256)]
    [InlineData("mask_aa_16", 16)]
    public void Frames_see_the_actions_up_to_their_own(string name, int keys)
        => Assert.True(ActionMask.Build(16, 16, keys, ScalarType.Float32, CPU).view(16, keys).Equals(_golden[name]));

    private void CheckTransformer(string prefix, int actionTokens, string context, string expected)
    {
        var transformer = new SpatialTransformer(At(prefix), Channels, actionTokens, Options);
        var prepared = transformer.Prepare(new FrameContext(_golden[context]));
        _golden.Check(expected, transformer.Forward(_golden["x"], prepared), Tolerance);
    }
}

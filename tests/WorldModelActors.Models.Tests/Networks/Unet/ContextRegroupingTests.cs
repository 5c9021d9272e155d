namespace WorldModelActors.Models.Tests;

public sealed class ContextRegroupingTests : NetworkTest
{
    private const double Tolerance = 1e-5;

    [Fact]
    public void Action_tokens_are_projected_as_the_reference_does()
    {
        using var golden = new GoldenFile(RepositoryFiles.Golden("mod_sa_token_projector.safetensors"));
        var projector = new Perceiver(At("action_token_projector."), new PerceiverOptions(24, 1, 8, 3, 256, 24, 4, null, TanhGelu: true));
        golden.Check("out", projector.Forward(golden["x"]), Tolerance);
        golden.Check("out_zero", projector.Forward(zeros([1, 1, 24])), Tolerance);
    }

    [Fact]
    public void Every_frame_receives_its_share_of_image_and_action_tokens()
    {
        using var golden = new GoldenFile(RepositoryFiles.Golden("mod_sa_token_projector.safetensors"));
        var actions = golden["x"].transpose(0, 1);
        var projected = golden["out"];
        var (state, text, image) = (Tokens(2, 0), Tokens(77, 1000), Tokens(256, 2000));
        var context = new ContextRegrouping(At(""), Options).Forward(cat([state, actions, text, image], 1));
        Assert.Equal([16, 351, 24], context.Tokens.shape);
        for (var frame = 0; frame < 16; frame++)
        {
            var row = context.Tokens.narrow(0, frame, 1);
            Assert.True(row.narrow(1, 0, 2).Equals(state));
            Assert.True(row.narrow(1, 258, 77).Equals(text));
            Assert.True(row.narrow(1, 335, 16).Equals(image.narrow(1, 16 * frame, 16)));
            var ofActions = projected.narrow(1, 16 * frame, 16).reshape(1, 256, 24);
            Assert.True(GoldenFile.RelativeError(row.narrow(1, 2, 256), ofActions) <= Tolerance);
        }

        Assert.True(context.Slice(0, 2).SharedByFrames);
        Assert.True(context.Slice(258, 77).SharedByFrames);
        Assert.False(context.Slice(18, 77).SharedByFrames);
    }

    [Fact]
    public void A_policy_context_without_actions_has_no_action_tokens()
    {
        var (state, text, image) = (Tokens(2, 0), Tokens(77, 1000), Tokens(256, 2000));
        var context = new ContextRegrouping(At(""), Options).Forward(cat([state, text, image], 1));
        Assert.Equal([16, 95, 24], context.Tokens.shape);
        Assert.True(context.Tokens.narrow(0, 3, 1).Equals(cat([state, text, image.narrow(1, 48, 16)], 1)));
        Assert.True(context.Slice(2, 77).SharedByFrames);
    }

    [Theory]
    [InlineData(1, 93, "335 or 351")]
    [InlineData(15, 95, "335 or 351")]
    public void Contexts_that_fit_no_layout_are_refused(long rows, long length, string named)
    {
        var error = Assert.Throws<ModelInputException>(() => new ContextRegrouping(At(""), Options).Forward(zeros([rows, length, 24])));
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void Contexts_of_another_width_are_refused()
        => Assert.Contains("[B, L, 24]", Assert.Throws<ModelInputException>(
            () => new ContextRegrouping(At(""), Options).Forward(zeros([1, 351, 25]))).Message);

    private static Tensor Tokens(long count, double first) => (arange(count * 24, ScalarType.Float32) + first).view(1, count, 24);
}

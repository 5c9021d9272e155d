namespace WorldModelActors.Models.Tests;

public sealed class HeadTests : NetworkTest
{
    private const double Tolerance = 1e-5;
    private static readonly int[] FeatureChannels = [32, 32, 32, 64];
    private readonly GoldenFile _golden = new(RepositoryFiles.Golden("mod_unet1d.safetensors"));

    [Theory]
    [InlineData("action_unet.", "out")]
    [InlineData("state_unet.", "state_unet_out")]
    public void Heads_are_the_references(string prefix, string expected)
    {
        var head = Head(prefix);
        var observation = head.EncodeObservation(_golden["obs_image"], _golden["obs_state"]);
        Tensor[] features = [.. Enumerable.Range(0, head.FeatureCount).Select(i => _golden[$"hs_a.{i}"].flatten(0, 1))];
        _golden.Check(expected, head.Forward(_golden["sample"], _golden["timestep"], features, observation), Tolerance);
    }

    [Fact]
    public void Observation_encoder_is_the_references()
    {
        var encoder = new ObservationEncoder(At("action_unet.obs_encoder."), Options.Head);
        _golden.Check("obs_encoder_resnet", encoder.Trunk(_golden["obs_encoder_in_image"]), Tolerance);
        _golden.Check("obs_encoder_out", encoder.Forward(_golden["obs_image"], _golden["obs_state"]).view(2, 48), Tolerance);
    }

    [Fact]
    public void Step_embedding_and_key_points_are_the_references()
    {
        var head = Head("action_unet.");
        _golden.Check("step_embed", head.EmbedStep(_golden["timestep"]), Tolerance);
        _golden.Check("spatial_softmax_l0", head.FeatureKeyPoints(0, _golden["hs_a.0"].flatten(0, 1)), Tolerance);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var head = Head("action_unet.");
        Assert.Contains("[B, 3, 2, H, W]", Refused(() => head.EncodeObservation(zeros([1, 3, 1, 64, 128]), zeros([1, 2, 16]))));
        Assert.Contains("[1, 2, 16]", Refused(() => head.EncodeObservation(zeros([1, 3, 2, 64, 128]), zeros([1, 2, 14]))));
        Assert.Contains("8x16", Refused(() => head.FeatureKeyPoints(0, zeros([16, 32, 8, 8]))));
        Assert.Contains("[B, 16, 16]", Refused(() => head.Forward(zeros([1, 15, 16]), zeros([1], ScalarType.Int64), [], zeros([1, 96]))));
    }

    [Fact]
    public void Heads_and_backbone_must_have_as_many_levels()
        => Assert.Contains("3 levels", Refused(() => new ConditionalUnet1D(At("action_unet."), Options.Head, [32, 32, 32])));

    private static string Refused(Action action) => Assert.Throws<ModelInputException>(action).Message;

    private ConditionalUnet1D Head(string prefix) => new(At(prefix), Options.Head, FeatureChannels);
}

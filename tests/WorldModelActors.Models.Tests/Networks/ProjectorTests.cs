namespace WorldModelActors.Models.Tests;

public sealed class ProjectorTests : IDisposable
{
    private const double Tolerance = 1e-5;
    private readonly FileWeights _weights = new(RepositoryFiles.SharedGolden("model.safetensors"));
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _weights.Dispose();
    }

    [Fact]
    public void Image_tokens_are_resampled_as_the_reference_does()
    {
        using var golden = new GoldenFile(RepositoryFiles.Golden("mod_resampler.safetensors"));
        var resampler = new Resampler(_weights.At("image_proj_model."), TinyModel.Resampler);
        golden.Check("out", resampler.Forward(golden["x"]), Tolerance);
    }

    [Fact]
    public void States_and_actions_are_projected_as_the_reference_does()
    {
        using var golden = new GoldenFile(RepositoryFiles.Golden("mod_mlp_projector.safetensors"));
        var state = new MlpProjector(_weights.At("state_projector."), 16, 24);
        var action = new MlpProjector(_weights.At("action_projector."), 16, 24);
        var x = golden["x"];
        golden.Check("state_out", state.Forward(x), Tolerance);
        golden.Check("action_out", action.Forward(x), Tolerance);
        golden.Check("state_emb", state.Forward(x) + _weights.At("").Parameter("agent_state_pos_emb", 1, 2, 24), Tolerance);
    }
}

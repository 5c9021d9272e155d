namespace WorldModelActors.Models.Tests;

public sealed class ConditionAssemblerTests : IDisposable
{
    private const double Tolerance = 1e-5;
    private readonly FileWeights _weights = new(RepositoryFiles.SharedGolden("model.safetensors"));
    private readonly TextConditioner _text;
    private readonly FirstStage _firstStage;
    private readonly DisposeScope _scope = NewDisposeScope();

    public ConditionAssemblerTests()
    {
        // Row 2 of the recorded token ids is the instruction of the recorded rollouts.
        using var strings = new GoldenFile(RepositoryFiles.Golden("clip_text.safetensors"));
        using var ids = strings["token_ids"].select(0, 2);
        var instruction = ids.data<long>().ToArray();
        var encoder = new ClipTextEncoder(_weights.At("cond_stage_model.model."), TinyModel.ClipText);
        _text = new TextConditioner(encoder, _ => instruction, CPU);
        _firstStage = new FirstStage(new AutoencoderKL(_weights.At("first_stage_model."), TinyModel.Autoencoder), 0.18215);
    }

    public void Dispose()
    {
        _scope.Dispose();
        _text.Dispose();
        _weights.Dispose();
    }

    [Theory]
    [InlineData("rollout_exe16.safetensors", 3)]
    [InlineData("rollout_exe2.safetensors", 3)]
    [InlineData("rollout_exe1_zero_state.safetensors", 2)]
    public void Contexts_of_recorded_rollouts_are_the_references(string file, int iterations)
    {
        using var golden = new GoldenFile(RepositoryFiles.Golden(file));
        var assembler = Assembler(decisionMakingOnly: false);
        for (var i = 0; i < iterations; i++)
        {
            using var iteration = NewDisposeScope();
            var images = golden[$"it{i}.policy.queue.images"];
            var last = images.select(2, images.size(2) - 1);
            using var observation = assembler.EmbedObservation(last, golden[$"it{i}.policy.queue.state"]);
            var policy = assembler.Assemble(observation, _text.Embed("Stack the blocks"), null, simMode: false);
            golden.Check($"it{i}.policy.c_crossattn", policy, Tolerance);
            var world = assembler.Assemble(observation, _text.Embed(""), golden[$"it{i}.world.queue.action"], simMode: true);
            golden.Check($"it{i}.world.c_crossattn", world, Tolerance);
        }
    }

    [Theory]
    [InlineData("rollout_exe16.safetensors", 3)]
    [InlineData("rollout_exe2.safetensors", 3)]
    [InlineData("rollout_exe1_zero_state.safetensors", 2)]
    public void Concat_latents_of_recorded_rollouts_are_the_references(string file, int iterations)
    {
        using var golden = new GoldenFile(RepositoryFiles.Golden(file));
        for (var i = 0; i < iterations; i++)
        {
            using var iteration = NewDisposeScope();
            var images = golden[$"it{i}.policy.queue.images"];
            foreach (var pass in (string[])["policy", "world"])
            {
                // Both images' noises are drawn, only the last image's latent is used.
                var noise = golden[$"it{i}.{pass}.vae_noise"].narrow(0, 1, 1);
                var latent = _firstStage.EncodeScaled(images.select(2, 1), noise);
                golden.Check($"it{i}.{pass}.c_concat_one_frame", ConditionAssembler.ConcatLatent(latent, 1), Tolerance);
            }
        }
    }

    [Fact]
    public void A_decision_making_model_has_no_action_tokens_in_its_policy_context()
    {
        using var golden = new GoldenFile(RepositoryFiles.Golden("rollout_exe2.safetensors"));
        var assembler = Assembler(decisionMakingOnly: true);
        var images = golden["it0.policy.queue.images"];
        using var observation = assembler.EmbedObservation(images.select(2, 1), golden["it0.policy.queue.state"]);
        var context = assembler.Assemble(observation, _text.Embed("Stack the blocks"), null, simMode: false);
        var recorded = golden["it0.policy.c_crossattn"];
        var expected = cat([recorded.narrow(1, 0, 2), recorded.narrow(1, 18, 333)], 1);
        Assert.True(GoldenFile.RelativeError(context, expected) <= Tolerance);
    }

    [Fact]
    public void A_batch_of_observations_is_the_same_as_one_by_one()
    {
        var assembler = Assembler(decisionMakingOnly: false);
        var (images, states, actions) = (rand([3, 3, 64, 128]), randn([3, 2, 16]), randn([3, 16, 16]));
        using var all = assembler.EmbedObservation(images, states);
        var together = assembler.Assemble(all, _text.Embed(""), actions, simMode: true);
        for (var i = 0; i < 3; i++)
        {
            using var one = assembler.EmbedObservation(images.narrow(0, i, 1), states.narrow(0, i, 1));
            var alone = assembler.Assemble(one, _text.Embed(""), actions.narrow(0, i, 1), simMode: true);
            Assert.True(GoldenFile.RelativeError(together.narrow(0, i, 1), alone) <= Tolerance);
        }
    }

    [Fact]
    public void The_base_models_context_gives_every_frame_its_own_image_tokens()
    {
        var (image, text) = (randn([2, 256, 24]), randn([1, 77, 24]));
        var context = ConditionAssembler.AssembleBaseModel(image, text, 16);
        Assert.Equal([32L, 93, 24], context.shape);
        // Frame 5 of the second entry.
        var frame = context.narrow(0, 21, 1);
        Assert.Equal(0, GoldenFile.RelativeError(frame.narrow(1, 0, 77), text));
        Assert.Equal(0, GoldenFile.RelativeError(frame.narrow(1, 77, 16), image.narrow(0, 1, 1).narrow(1, 80, 16)));
    }

    [Fact]
    public void What_does_not_fit_is_one_clear_line()
    {
        var assembler = Assembler(decisionMakingOnly: false);
        var wrong = Assert.Throws<ConditioningException>(() => assembler.EmbedStates(randn([1, 3, 16])));
        Assert.Equal("states of shape [1, 3, 16] do not fit the model: it takes [B, 2, 16]", wrong.Message);
        using var observation = assembler.EmbedObservation(rand([1, 3, 64, 128]), randn([1, 2, 16]));
        Assert.Throws<ConditioningException>(() => assembler.Assemble(observation, _text.Embed(""), null, simMode: true));
    }

    private ConditionAssembler Assembler(bool decisionMakingOnly)
    {
        var root = _weights.At("");
        return new ConditionAssembler(
            new ClipImageEncoder(_weights.At("embedder.model."), TinyModel.ClipImage),
            new Resampler(_weights.At("image_proj_model."), TinyModel.Resampler),
            new MlpProjector(_weights.At("state_projector."), 16, 24),
            new MlpProjector(_weights.At("action_projector."), 16, 24),
            root.Parameter("agent_state_pos_emb", 1, 2, 24),
            root.Parameter("agent_action_pos_emb", 1, 16, 24),
            decisionMakingOnly);
    }
}

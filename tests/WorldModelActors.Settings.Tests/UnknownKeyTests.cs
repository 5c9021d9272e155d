namespace WorldModelActors.Settings.Tests;

public sealed class UnknownKeyTests
{
    [Theory]
    [InlineData("wma.sampler.ddim-step = 8", "wma.sampler.ddim-step: no such setting: did you mean wma.sampler.ddim-steps? (test.conf:1:25)")]
    [InlineData("wma.sampler.ddimsteps = 8", "wma.sampler.ddimsteps: no such setting: did you mean wma.sampler.ddim-steps? (test.conf:1:25)")]
    [InlineData("wma.rollout { ddim-steps = 8 }", "wma.rollout.ddim-steps: no such setting: did you mean wma.sampler.ddim-steps? (test.conf:1:28)")]
    [InlineData("wma.rolout.seed = 8", "wma.rolout.seed: no such setting: did you mean wma.rollout.seed? (test.conf:1:19)")]
    [InlineData("wam.rollout.seed = 8", "wam.rollout.seed: no such setting: did you mean wma.rollout.seed? (test.conf:1:20)")]
    [InlineData("seed = 8", "seed: no such setting: did you mean wma.rollout.seed? (test.conf:1:8)")]
    [InlineData("wma.banana = 8", "wma.banana: no such setting: see hocon/reference.conf (test.conf:1:14)")]
    [InlineData("wma.sampler = ${wma.sampler} { eta = 8 }", "wma.sampler.eta: no such setting: did you mean wma.sampler.ddim-eta? (test.conf:1:38)")]
    [InlineData("wma.sampler = 8", "wma.sampler: expected a section { … } with ddim-steps, ddim-eta, guidance-scale, guidance-rescale, timestep-spacing, noise (test.conf:1:15)")]
    public void A_key_that_is_not_documented_is_an_error(string text, string message) =>
        Assert.Equal(message, Assert.Throws<HoconException>(() => Hocon.Read(text).RequireKnownKeys(BuiltInSettings.Reference())).Message);

    [Fact]
    public void Every_unknown_key_is_found()
    {
        var unknown = Hocon.Read("wma { sampler { steps = 1, ddim-steps = 2 }, x { y = 1 } }").UnknownKeys(BuiltInSettings.Reference());
        Assert.Equal(["wma.sampler.steps", "wma.x.y"], unknown.Select(key => key.Path));
    }

    [Fact]
    public void Documented_keys_pass_even_where_their_default_is_null_and_vars_are_free()
    {
        var config = Hocon.Read("vars { anything { goes = 1 } }, wma.model { path = x, clip-vocab = y }, wma.engine.in-flight.video-frames = 3");
        Assert.Same(config, config.RequireKnownKeys(BuiltInSettings.Reference()));
    }

    [Fact]
    public void Built_in_overlays_use_documented_keys_only() =>
        BuiltInSettings.Overlay("demo").RequireKnownKeys(BuiltInSettings.Reference());

    [Fact]
    public void An_overlay_that_does_not_exist_is_named() =>
        Assert.StartsWith("there are no built-in settings 'demi': use ", Assert.Throws<HoconException>(() => BuiltInSettings.Overlay("demi")).Message, StringComparison.Ordinal);
}

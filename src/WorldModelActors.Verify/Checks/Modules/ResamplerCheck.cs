namespace WorldModelActors.Verify;

/// <summary>The image token resampler.</summary>
internal sealed class ResamplerCheck : IGoldenCheck
{
    public string Name => "mod_resampler";

    public string? Upstream => "Resampler.forward";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs("x");
        sheet.Compare("out", session.Model.Model.Conditions.Resampler.Forward(file["x"]), Tolerances.Module);
    }
}

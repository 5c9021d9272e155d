namespace WorldModelActors.Verify;

/// <summary>The action token projector on single tokens, and on a token of zeros.</summary>
internal sealed class ActionTokenProjectorCheck : IGoldenCheck
{
    public string Name => "mod_sa_token_projector";

    public string? Upstream => "SATokenProjector.forward";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs("x");
        var projector = session.Model.UNet.ActionTokenProjector;
        var x = file["x"];
        sheet.Compare("out", projector.Forward(x), Tolerances.Module);
        if (file.Contains("out_zero"))
        {
            var batch = file.Shape("out_zero")[0];
            sheet.Compare("out_zero", projector.Forward(zeros([batch, x.size(1), x.size(2)])), Tolerances.Module);
        }
    }
}

namespace WorldModelActors.Verify;

/// <summary>The state and action projectors, and state tokens with their positional embedding.</summary>
internal sealed class ProjectorCheck : IGoldenCheck
{
    public string Name => "mod_mlp_projector";

    public string? Upstream => "MLPProjector.forward";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs("x");
        var conditions = session.Model.Model.Conditions;
        var x = file["x"];
        sheet.Compare("state_out", conditions.StateProjector.Forward(x), Tolerances.Module);
        sheet.Compare("action_out", conditions.ActionProjector.Forward(x), Tolerances.Module);
        if (file.Contains("state_emb"))
        {
            sheet.Compare("state_emb", conditions.EmbedStates(x), Tolerances.Module);
        }
    }
}

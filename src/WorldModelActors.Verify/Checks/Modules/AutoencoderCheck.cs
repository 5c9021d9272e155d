namespace WorldModelActors.Verify;

/// <summary>The autoencoder: encoder, posterior, a scaled sample of it, decoder.</summary>
internal sealed class AutoencoderCheck : IGoldenCheck
{
    public string Name => "mod_vae";

    public string? Upstream => "AutoencoderKL";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs("image", "noise");
        var firstStage = session.Model.Model.FirstStage;
        var network = firstStage.Autoencoder;
        var image = file["image"];
        sheet.Compare("encoder_out", network.EncodeRaw(image), Tolerances.Module);
        sheet.Compare("moments", network.EncodeMoments(image), Tolerances.Module);
        using var posterior = network.Encode(image);
        sheet.Compare("mean_mode", posterior.Mean, Tolerances.Module);
        sheet.Compare("logvar_clamped", posterior.LogVariance, Tolerances.Module);
        sheet.Compare("std", posterior.StandardDeviation(), Tolerances.Module);
        sheet.Compare("z_scaled", firstStage.EncodeScaled(image, file["noise"]), Tolerances.Module);
        sheet.Compare("decoded", firstStage.DecodeScaled(file["z_scaled"]), Tolerances.Module);
        sheet.Compare("decoded_from_mode", network.Decode(file["mean_mode"]), Tolerances.Module);
    }
}

namespace WorldModelActors.Models;

/// <summary>Which part of the model a key belongs to.</summary>
public static class CheckpointComponents
{
    /// <summary>What a key belongs to if nothing here knows its prefix.</summary>
    public const string Other = "other";

    private static readonly (string Prefix, string Component)[] Prefixes =
    [
        ("model.diffusion_model.action_unet.", "action head"),
        ("model.diffusion_model.state_unet.", "state head"),
        ("model.diffusion_model.action_token_projector.", "action token projector"),
        ("model.diffusion_model.", "backbone"),
        ("first_stage_model.encoder.", "autoencoder: encoder"),
        ("first_stage_model.decoder.", "autoencoder: decoder"),
        ("first_stage_model.", "autoencoder: 1x1 convolutions"),
        ("cond_stage_model.", "text tower"),
        ("embedder.", "image tower"),
        ("image_proj_model.", "image token resampler"),
        ("state_projector.", "state projector"),
        ("action_projector.", "action projector"),
        ("dp_ema_model.", "EMA copy of the action head (not used)"),
    ];

    private static readonly HashSet<string> Schedule = new(StringComparer.Ordinal)
    {
        "betas",
        "alphas_cumprod",
        "alphas_cumprod_prev",
        "sqrt_alphas_cumprod",
        "sqrt_one_minus_alphas_cumprod",
        "log_one_minus_alphas_cumprod",
        "sqrt_recip_alphas_cumprod",
        "sqrt_recipm1_alphas_cumprod",
        "posterior_variance",
        "posterior_log_variance_clipped",
        "posterior_mean_coef1",
        "posterior_mean_coef2",
        "scale_arr",
    };

    /// <summary>All components in the order in which they are reported.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Prefixes.Select(p => p.Component), "position embeddings", "noise schedule", Other];

    /// <summary>Whether a full key is a buffer (schedule arrays, coordinate grids), which stays float32 whatever the parameters are.</summary>
    public static bool IsBuffer(string key) => Schedule.Contains(key) || key == "cond_pos_emb"
        || key.EndsWith(".pos_x", StringComparison.Ordinal) || key.EndsWith(".pos_y", StringComparison.Ordinal) || key.EndsWith(".temperature", StringComparison.Ordinal);

    /// <summary>The component of a full key.</summary>
    public static string Of(string key)
    {
        foreach (var (prefix, component) in Prefixes)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
            {
                return component;
            }
        }

        return key is "agent_action_pos_emb" or "agent_state_pos_emb" or "cond_pos_emb" ? "position embeddings"
            : Schedule.Contains(key) ? "noise schedule"
            : Other;
    }
}

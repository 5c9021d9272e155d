namespace WorldModelActors.Sampling;

/// <summary>What the network predicts for the latent.</summary>
public enum Parameterization
{
    /// <summary>v = sqrt(abar) eps - sqrt(1 - abar) x0 (Salimans and Ho, 2022, arXiv 2202.00512).</summary>
    V,

    /// <summary>The noise eps itself (Ho et al., 2020, arXiv 2006.11239).</summary>
    Epsilon,
}

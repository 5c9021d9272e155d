namespace WorldModelActors.Media;

/// <summary>How actions and states are brought to the network's range.</summary>
public enum NormalizationMode
{
    /// <summary>Minimum and maximum to -1 and 1.</summary>
    MinMax,

    /// <summary>Mean 0, standard deviation 1.</summary>
    MeanStd,
}

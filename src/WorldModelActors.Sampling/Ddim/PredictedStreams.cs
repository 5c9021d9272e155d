namespace WorldModelActors.Sampling;

/// <summary>The streams beside the latent that a sample denoises. A stream that is left out keeps its initial noise.</summary>
[Flags]
public enum PredictedStreams
{
    None = 0,
    Action = 1,
    State = 2,
    Both = Action | State,
}

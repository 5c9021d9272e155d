namespace WorldModelActors.Rollout;

/// <summary>How an episode ended.</summary>
public enum EpisodeStatus
{
    Completed,

    /// <summary>Stopped on request; everything up to then is kept.</summary>
    Cancelled,

    Failed,
}

/// <summary>What an episode took, by phase. Phases overlap, so they add up to more than the wall time.</summary>
public sealed record PhaseTimes
{
    public TimeSpan Embed { get; init; }

    public TimeSpan Policy { get; init; }

    public TimeSpan World { get; init; }

    /// <summary>Decoding that the next observation waited for.</summary>
    public TimeSpan Decode { get; init; }

    /// <summary>Waiting for the video writer.</summary>
    public TimeSpan Write { get; init; }

    public static PhaseTimes operator +(PhaseTimes a, PhaseTimes b) => new()
    {
        Embed = a.Embed + b.Embed,
        Policy = a.Policy + b.Policy,
        World = a.World + b.World,
        Decode = a.Decode + b.Decode,
        Write = a.Write + b.Write,
    };
}

/// <summary>An ended episode.</summary>
/// <param name="Id">The episode.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Iterations">Iterations completed.</param>
/// <param name="Frames">Frames written.</param>
/// <param name="FramesDecoded">Frames that the decoder decoded (each executed frame once).</param>
/// <param name="Actions">Executed actions [Frames, 16], normalised, padded.</param>
/// <param name="States">Predicted states [Frames, 16], normalised, padded.</param>
/// <param name="Times">What it took, summed over the iterations.</param>
/// <param name="Elapsed">Wall time.</param>
/// <param name="Cause">Why it failed, one line; null otherwise.</param>
public sealed record EpisodeResult(
    string Id,
    EpisodeStatus Status,
    int Iterations,
    int Frames,
    int FramesDecoded,
    float[] Actions,
    float[] States,
    PhaseTimes Times,
    TimeSpan Elapsed,
    string? Cause)
{
    /// <summary>Times that it was started anew from its last committed iteration.</summary>
    public int Restarts { get; init; }

    /// <summary>Handles that nobody had released when it ended: a bug worth a report; empty otherwise.</summary>
    public IReadOnlyList<LatentOrigin> Leaks { get; init; } = [];

    /// <summary>The device that it ran on; empty where it never got to one.</summary>
    public string Device { get; init; } = "";
}

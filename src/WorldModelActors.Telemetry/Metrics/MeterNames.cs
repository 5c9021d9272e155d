namespace WorldModelActors.Telemetry;

/// <summary>Names of the meter and its instruments; docs/telemetry.md describes each.</summary>
public static class MeterNames
{
    public const string Meter = "WorldModelActors.Rollout";

    public const string QueueDepth = "wma.lane.queue.depth";
    public const string BatchSize = "wma.lane.batch.size";
    public const string CallDuration = "wma.lane.call.duration";
    public const string BusyTime = "wma.lane.busy.time";
    public const string BusyShare = "wma.lane.busy.share";
    public const string OutOfMemory = "wma.lane.out_of_memory";
    public const string HandleBytes = "wma.handles.size";
    public const string HandlesLeaked = "wma.handles.leaked";
    public const string FramesDecoded = "wma.frames.decoded";
    public const string FramesWritten = "wma.frames.written";
    public const string Steps = "wma.denoising.steps";
    public const string Iterations = "wma.iterations";
    public const string PhaseDuration = "wma.iteration.phase.duration";
    public const string EpisodesRunning = "wma.episodes.running";
    public const string EpisodesEnded = "wma.episodes.ended";
    public const string EpisodesRestarted = "wma.episodes.restarted";
    public const string Retries = "wma.requests.retried";
    public const string Restarts = "wma.actors.restarted";
}

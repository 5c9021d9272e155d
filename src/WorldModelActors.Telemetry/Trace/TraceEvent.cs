namespace WorldModelActors.Telemetry;

/// <summary>What is written of an event; see the Trace Event Format of Chrome's tracing.</summary>
internal enum TraceEventKind
{
    /// <summary>A stretch of time in a lane: <c>X</c>.</summary>
    Complete,

    /// <summary>Values at a time: <c>C</c>.</summary>
    Counter,

    /// <summary>Begin of a stretch that belongs to an episode, not to a lane: <c>b</c>.</summary>
    AsyncBegin,

    /// <summary>End of it: <c>e</c>.</summary>
    AsyncEnd,

    /// <summary>Something that happened: <c>i</c>.</summary>
    Instant,

    /// <summary>Name and place of a process or thread: <c>M</c>.</summary>
    Metadata,
}

/// <summary>One event on its way to the file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Process">Number of the process that it is shown in.</param>
/// <param name="Thread">Number of the thread in it.</param>
/// <param name="Start">Timestamp of the clock.</param>
/// <param name="End">End of a <see cref="TraceEventKind.Complete"/> event.</param>
/// <param name="Id">What belongs together, for async events.</param>
/// <param name="Arguments">Shown with the event: text, number, or <see cref="Rollout.LaneSubject"/>s.</param>
internal readonly record struct TraceEvent(
    TraceEventKind Kind, string Name, int Process, int Thread, long Start, long End = 0, string? Id = null,
    IReadOnlyList<(string Name, object Value)>? Arguments = null);

using WorldModelActors.Rollout;

namespace WorldModelActors.Telemetry;

/// <summary>
/// Where spans are shown: devices are processes, lanes their threads. Threads of a lane that work at the same time (two
/// samplers prepare conditions) get rows of their own, so that spans in a row never overlap.
/// </summary>
internal sealed class TraceLayout(Action<TraceEvent> declare)
{
    /// <summary>The process of the episodes.</summary>
    public const int Episodes = 1;

    /// <summary>Rows of one lane at most.</summary>
    private const int RowsOfLane = 100;

    private readonly Dictionary<string, int> _processes = [];
    private readonly Dictionary<(string Device, Lane Lane), List<long>> _rows = [];

    /// <summary>Names what is there from the beginning.</summary>
    public void Begin() => Declare(Episodes, 0, "process", "episodes", 0);

    /// <summary>The process of a device.</summary>
    public int ProcessOf(string device)
    {
        var name = LaneNames.DeviceName(device);
        if (!_processes.TryGetValue(name, out var process))
        {
            _processes.Add(name, process = Episodes + 1 + _processes.Count);
            Declare(process, 0, "process", name, name == LaneNames.Host ? 1000 : process);
        }
        return process;
    }

    /// <summary>The thread that shows a span: the first row of its lane that is free.</summary>
    public int ThreadOf(in LaneSpan span)
    {
        var process = ProcessOf(span.Device);
        var key = (span.Device, span.Lane);
        if (!_rows.TryGetValue(key, out var ends))
            _rows.Add(key, ends = []);
        var start = span.Start;
        var row = ends.FindIndex(end => end <= start);
        if (row < 0)
        {
            row = ends.Count;
            ends.Add(0);
            var name = span.Lane.NameOf();
            Declare(process, Thread(span.Lane, row), "thread", row == 0 ? name : $"{name} {row + 1}", Thread(span.Lane, row));
        }
        ends[row] = span.End;
        return Thread(span.Lane, row);
    }

    private static int Thread(Lane lane, int row) => ((int)lane * RowsOfLane) + row + 1;

    private void Declare(int process, int thread, string what, string name, int order)
    {
        declare(new TraceEvent(TraceEventKind.Metadata, $"{what}_name", process, thread, 0, Arguments: [("name", name)]));
        declare(new TraceEvent(TraceEventKind.Metadata, $"{what}_sort_index", process, thread, 0, Arguments: [("sort_index", order)]));
    }
}

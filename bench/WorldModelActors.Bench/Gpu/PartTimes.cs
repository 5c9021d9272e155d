using WorldModelActors.Models;

namespace WorldModelActors.Bench;

/// <summary>Device time of one part of the backbone in an evaluation.</summary>
/// <param name="Part">The part.</param>
/// <param name="Milliseconds">Between the events before and after its operators.</param>
/// <param name="Calls">Times that it ran.</param>
public sealed record PartTime(string Part, double Milliseconds, int Calls);

/// <summary>Puts events around the parts of an evaluation. Fits where the device is busy throughout, as it is with large batches.</summary>
internal sealed class PartTimes(CudaStream stream) : IPartClock, IDisposable
{
    private readonly List<(UNetPart Part, CudaEvent Begin, CudaEvent End)> _marks = [];
    private CudaEvent? _begun;

    public void Begin(UNetPart part)
    {
        _begun = new CudaEvent(timing: true);
        _begun.Record(stream);
    }

    public void End(UNetPart part)
    {
        var end = new CudaEvent(timing: true);
        end.Record(stream);
        _marks.Add((part, _begun!, end));
    }

    /// <summary>Milliseconds by part, the longest first; the stream is empty afterwards.</summary>
    public IReadOnlyList<PartTime> Sum()
    {
        stream.Synchronize();
        return
        [
            .. _marks.GroupBy(m => m.Part)
                .Select(g => new PartTime(g.Key.ToString(), g.Sum(m => (double)m.Begin.ElapsedMilliseconds(m.End)), g.Count()))
                .OrderByDescending(p => p.Milliseconds),
        ];
    }

    public void Dispose()
    {
        foreach (var (_, begin, end) in _marks)
        {
            begin.Dispose();
            end.Dispose();
        }
    }
}

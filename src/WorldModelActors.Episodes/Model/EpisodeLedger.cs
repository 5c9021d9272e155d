using System.Globalization;
using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>
/// An episode as its journal alone tells it: the rules of which event may follow which, without a database. The store's rows
/// must agree with it.
/// </summary>
/// <param name="iterations">Iterations of the episode.</param>
public sealed class EpisodeLedger(int iterations)
{
    private readonly List<(int Frames, string Digest)> _committed = [];

    /// <summary>Events applied.</summary>
    public int Sequence { get; private set; }

    /// <summary>Where the episode stands.</summary>
    public JournalState State { get; private set; }

    /// <summary>Epoch of the last claim.</summary>
    public long Epoch { get; private set; }

    /// <summary>Committed iterations.</summary>
    public int Committed => _committed.Count;

    /// <summary>Committed frames.</summary>
    public long Frames => _committed.Sum(iteration => (long)iteration.Frames);

    /// <summary>Digest of a committed iteration.</summary>
    public string DigestOf(int iteration) => _committed[iteration].Digest;

    /// <summary>Frames of a committed iteration.</summary>
    public int FramesOf(int iteration) => _committed[iteration].Frames;

    /// <summary>Applies the next event.</summary>
    /// <returns>Why it cannot follow, one line; null where it can.</returns>
    public string? Apply(JournalEvent next)
    {
        if (next.Sequence != Sequence + 1)
        {
            return string.Create(CultureInfo.InvariantCulture, $"event {next.Sequence} follows event {Sequence}");
        }

        if ((next.Kind == EventKind.Planned) != (Sequence == 0))
        {
            return Refuse(next, Sequence == 0 ? "the journal does not begin with Planned" : "it was planned already");
        }

        var complaint = next.Kind == EventKind.Claimed ? Claim(next) : next.Epoch == Epoch ? Act(next) : Refuse(next, "its epoch is stale");
        Sequence = next.Sequence;
        return complaint;
    }

    private string? Claim(JournalEvent next)
    {
        if (next.Epoch != Epoch + 1)
        {
            return Refuse(next, string.Create(CultureInfo.InvariantCulture, $"the epoch goes from {Epoch} to {next.Epoch}"));
        }

        if (State.IsEnded())
        {
            return Refuse(next, "it had ended");
        }

        (Epoch, State) = (next.Epoch, JournalState.Running);
        return null;
    }

    private string? Act(JournalEvent next)
    {
        switch (next.Kind)
        {
            case EventKind.Planned:
                State = JournalState.Planned;
                return null;
            case EventKind.Cancelled when !State.IsEnded():
                State = JournalState.Cancelled;
                return null;
            case EventKind.Retried when State is JournalState.Waiting or JournalState.Failed or JournalState.Cancelled:
                State = JournalState.Planned;
                return null;
            case EventKind.Cancelled or EventKind.Retried:
                return Refuse(next, $"it is {State}");
            default:
                return State == JournalState.Running ? ActAsOwner(next) : Refuse(next, $"nobody owns it, it is {State}");
        }
    }

    private string? ActAsOwner(JournalEvent next)
    {
        switch (next.Kind)
        {
            case EventKind.IterationCommitted when Number(next.Data, "iteration") == Committed && Committed < iterations:
                _committed.Add(((int)Number(next.Data, "frames"), (string?)next.Data["digest"] ?? ""));
                return null;
            case EventKind.Rewound when Number(next.Data, "committed") is >= 0 and var to && to < Committed:
                _committed.RemoveRange((int)to, Committed - (int)to);
                return null;
            case EventKind.Completed when Committed == iterations:
                State = JournalState.Completed;
                return null;
            case EventKind.Failed:
                State = (bool?)next.Data["retry"] == true ? JournalState.Waiting : JournalState.Failed;
                return null;
            case EventKind.Released:
                State = JournalState.Planned;
                return null;
            default:
                return Refuse(next, string.Create(CultureInfo.InvariantCulture, $"{Committed} of {iterations} iterations are committed"));
        }
    }

    private static long Number(JsonObject data, string name) => data[name] switch
    {
        JsonValue value when value.TryGetValue<long>(out var wide) => wide,
        JsonValue value when value.TryGetValue<int>(out var narrow) => narrow,
        _ => -1,
    };

    private static string Refuse(JournalEvent next, string why) =>
        string.Create(CultureInfo.InvariantCulture, $"event {next.Sequence} ({next.Kind}, epoch {next.Epoch}) cannot follow: {why}");
}

using System.Globalization;
using System.Text.RegularExpressions;
using WorldModelActors.Rollout;

namespace WorldModelActors.Verify;

/// <summary>
/// The observation queues over several calls. The index tells the protocol: lengths of the queues s and a; call i appends s = i and
/// a = offset + i; in some calls a is absent.
/// </summary>
internal static partial class QueueTrace
{
    private const int DefaultStateLength = 2;
    private const int DefaultActionLength = 4;
    private const int DefaultOffset = 10;
    private const int DefaultAbsent = 2;

    /// <summary>Contents of s, then of a, after each call: [calls, length of s + length of a].</summary>
    public static Tensor Replay(string what, int calls)
    {
        var states = new ObservationQueue<float>(Number(StateLength().Match(what), DefaultStateLength));
        var actions = new ObservationQueue<float>(Number(ActionLength().Match(what), DefaultActionLength));
        var offset = Number(Offset().Match(what), DefaultOffset);
        var absent = Number(Absent().Match(what), DefaultAbsent);
        List<float> rows = [];
        for (var call = 0; call < calls; call++)
        {
            states.Push(call);
            if (call != absent)
            {
                actions.Push(offset + call);
            }

            rows.AddRange(states.Items);
            rows.AddRange(actions.Items);
        }

        return tensor([.. rows], [calls, rows.Count / calls]);
    }

    private static int Number(Match match, int otherwise) => match.Success ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : otherwise;

    [GeneratedRegex(@"queue s \(maxlen (\d+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex StateLength();

    [GeneratedRegex(@"\ba \(maxlen (\d+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex ActionLength();

    [GeneratedRegex(@"\ba=(\d+)\+i", RegexOptions.CultureInvariant)]
    private static partial Regex Offset();

    [GeneratedRegex(@"a is absent in call (\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Absent();
}

using System.Text.RegularExpressions;
using Akka.Event;
using WorldModelActors.Engine.Akka;

namespace WorldModelActors.Cluster;

/// <summary>
/// Akka's errors as lines of the node, each kind once a minute: connections that fail are tried again every few seconds. Of its warnings only the refusals of TLS.
/// </summary>
internal sealed partial class ClusterLog : ReceiveActor
{
    /// <summary>A connection has ended. Whether that means anything, the members say.</summary>
    private const string Disassociated = "Disassociated";

    private static readonly TimeSpan s_again = TimeSpan.FromMinutes(1);

    private readonly Action<string> _note;
    private readonly Dictionary<string, TimeSpan> _said = new(StringComparer.Ordinal);
    private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();

    public ClusterLog(Action<string> note)
    {
        _note = note;
        Receive<Error>(error =>
        {
            if ($"{error.Message}" is var text && !text.StartsWith(Disassociated, StringComparison.Ordinal))
            {
                Say(FirstLine(text) + (error.Cause is { } cause ? $" ({FirstLine(cause.GetBaseException().Message)})" : ""));
            }
        });
        Receive<Warning>(warning =>
        {
            if ($"{warning.Message}" is var text && text.StartsWith(AkkaTls.Refused, StringComparison.Ordinal))
            {
                Say(FirstLine(text));
            }
        });
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(Error));
        Context.System.EventStream.Subscribe(Self, typeof(Warning));
    }

    private void Say(string line)
    {
        // Ports and ids differ from one attempt to the next.
        var kind = Numbers().Replace(line, "");
        var now = _clock.Elapsed;
        if (!_said.TryGetValue(kind, out var at) || now - at >= s_again)
        {
            _said[kind] = now;
            _note($"cluster: {line}");
        }
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();

    [GeneratedRegex("[0-9a-f]*[0-9][0-9a-f]*")]
    private static partial Regex Numbers();
}

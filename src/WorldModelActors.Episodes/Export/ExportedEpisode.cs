using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using WorldModelActors.Torch;

namespace WorldModelActors.Episodes;

/// <summary>An episode of an export: its place in the rows, and its trajectory.</summary>
internal sealed record ExportedEpisode
{
    private const int LongestName = 150;

    private ExportedEpisode()
    {
    }

    /// <summary>Its number, from 0.</summary>
    public required int Index { get; init; }

    public required EpisodeView View { get; init; }

    public required EpisodeSpec Spec { get; init; }

    public required EpisodeSummary Summary { get; init; }

    /// <summary>Its trajectory in the store; checked.</summary>
    public required string Trajectory { get; init; }

    /// <summary>Rows: frames of its video.</summary>
    public required int Rows { get; init; }

    /// <summary>Numbers of an action.</summary>
    public required int ActionWidth { get; init; }

    /// <summary>Numbers of a state.</summary>
    public required int StateWidth { get; init; }

    /// <summary>The observed state before the first row, in robot units.</summary>
    public required float[] StartState { get; init; }

    /// <summary>Frames per second of its video.</summary>
    public double Fps => double.Parse(Spec.Settings.GetValueOrDefault("wma.media.fps") ?? "8", CultureInfo.InvariantCulture);

    /// <summary>Name of its files, without extension: its number and its name.</summary>
    public string FileName => string.Create(CultureInfo.InvariantCulture, $"{Index:D6}-{Plain(View.Name)}");

    /// <summary>Reads where it stands.</summary>
    /// <exception cref="SweepException">It lacks numbers or its trajectory, or that is damaged.</exception>
    public static ExportedEpisode Open(int index, EpisodeView view, EpisodeFiles files)
    {
        var summary = EpisodeSummary.FromJson(view.Summary) ?? throw new SweepException($"episode {view.Id} ({view.Name}) has no numbers: another program completed it");
        var file = ResultFiles.Find(view, "trajectory") ?? throw new SweepException($"episode {view.Id} ({view.Name}) has no trajectory");
        if (files.Damage(view.Id, file) is { } damage)
        {
            throw new SweepException($"{damage}; run wma store check");
        }

        var path = files.PathOf(view.Id, file);
        using var rows = SafetensorsFile.Open(path);
        return rows.Entry("action").Shape is [var count, var actionWidth] && rows.Entry("state").Shape is [var states, var stateWidth] && states == count && actionWidth > 0 && stateWidth > 0
            ? new ExportedEpisode
            {
                Index = index,
                View = view,
                Spec = EpisodeSpec.FromJson(view.Spec),
                Summary = summary,
                Trajectory = path,
                Rows = checked((int)count),
                ActionWidth = (int)actionWidth,
                StateWidth = (int)stateWidth,
                StartState = rows.ReadFloats("start.state"),
            }
            : throw new SweepException($"{path}: 'action' and 'state' are no tables of equal length");
    }

    /// <summary>Its line of <c>episodes.jsonl</c>.</summary>
    /// <param name="firstRow">Its first row in the data.</param>
    /// <param name="taskIndex">Its instruction's number.</param>
    /// <param name="exported">Its files.</param>
    public JsonObject ToJson(long firstRow, int taskIndex, IReadOnlyList<ExportedFile> exported) => new()
    {
        ["episode_index"] = Index,
        ["id"] = View.Id,
        ["name"] = View.Name,
        ["sweep"] = View.SweepId,
        ["tasks"] = new JsonArray(Summary.Instruction),
        ["task_index"] = taskIndex,
        ["length"] = Rows,
        ["first_index"] = firstRow,
        ["fps"] = Fps,
        ["action_width"] = ActionWidth,
        ["state_width"] = StateWidth,
        ["start_state"] = new JsonArray([.. StartState.Select(value => (JsonNode?)value)]),
        ["model"] = Summary.Model,
        ["spec"] = View.Spec.DeepClone(),
        ["summary"] = Summary.ToJson(),
        ["files"] = new JsonArray([.. exported.Select(file => (JsonNode?)file.ToJson())]),
    };

    private static string Plain(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name.Length > LongestName ? name[..LongestName] : name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '=' or '-' ? c : '-');
        }

        return text.ToString();
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using WorldModelActors.Torch;

namespace WorldModelActors.Episodes;

/// <summary>
/// The rows of an export, one for each frame, in LeRobot's columns: <c>index</c>, <c>episode_index</c>, <c>frame_index</c>, <c>timestamp</c> (seconds),
/// <c>task_index</c>, <c>action</c> [width] and <c>observation.state</c> [width], in robot units. Robots with fewer numbers than the widest one of the
/// export have zeros behind theirs. Frame, action and state of a row belong together: the frame shows, and the state is, what the action led to.
/// One trajectory is held at a time.
/// </summary>
internal sealed class ExportedRows(IReadOnlyList<ExportedEpisode> episodes, Func<ExportedEpisode, int> taskOf)
{
    private readonly int _actionWidth = episodes.Max(episode => episode.ActionWidth);
    private readonly int _stateWidth = episodes.Max(episode => episode.StateWidth);

    /// <summary>Rows in all.</summary>
    public long Count { get; } = episodes.Sum(episode => (long)episode.Rows);

    /// <summary>Writes <c>data.safetensors</c>.</summary>
    public void SaveTensors(string path, CancellationToken stop)
    {
        var file = new SafetensorsWriter().Metadata("rows", Count.ToString(CultureInfo.InvariantCulture)).Metadata("format", "lerobot-style rows, docs/sweeps.md");
        Add(file, "index", (episode, row, first) => first + row);
        Add(file, "episode_index", (episode, _, _) => episode.Index);
        Add(file, "frame_index", (_, row, _) => row);
        Add(file, "task_index", (episode, _, _) => taskOf(episode));
        file.Add("timestamp", ElementType.Float32, [Count], stream => Each((episode, _) => Write<float>(stream, [.. Enumerable.Range(0, episode.Rows).Select(row => (float)(row / episode.Fps))]), stop));
        file.Add("action", ElementType.Float32, [Count, _actionWidth], stream => Each((episode, _) => Write<float>(stream, Table(episode, "action", _actionWidth)), stop));
        file.Add("observation.state", ElementType.Float32, [Count, _stateWidth], stream => Each((episode, _) => Write<float>(stream, Table(episode, "state", _stateWidth)), stop));
        file.Save(path, cancellation: stop);
    }

    /// <summary>Writes <c>data.csv</c>: the same rows, with the instruction as text.</summary>
    public void SaveCsv(string path, CancellationToken stop)
    {
        using var text = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        var line = new StringBuilder();
        ReportCsv.Line(line,
        [
            "index", "episode_index", "frame_index", "timestamp", "task_index", "task", .. Enumerable.Range(0, _actionWidth).Select(i => $"action.{i}"),
            .. Enumerable.Range(0, _stateWidth).Select(i => $"observation.state.{i}"),
        ]);
        Each(
            (episode, first) =>
            {
                float[] actions = Table(episode, "action", _actionWidth), states = Table(episode, "state", _stateWidth);
                string[] task = [Number(taskOf(episode)), episode.Summary.Instruction];
                for (var row = 0; row < episode.Rows; row++)
                {
                    ReportCsv.Line(line,
                    [
                        Number(first + row), Number(episode.Index), Number(row), ((float)(row / episode.Fps)).ToString("R", CultureInfo.InvariantCulture), .. task,
                        .. Numbers(actions, row, _actionWidth), .. Numbers(states, row, _stateWidth),
                    ]);
                    text.Write(line);
                    line.Clear();
                }
            },
            stop);
    }

    private void Add(SafetensorsWriter file, string name, Func<ExportedEpisode, int, long, long> value) => file.Add(
        name, ElementType.Int64, [Count], stream => Each((episode, first) => Write<long>(stream, [.. Enumerable.Range(0, episode.Rows).Select(row => value(episode, row, first))]), CancellationToken.None));

    private void Each(Action<ExportedEpisode, long> write, CancellationToken stop)
    {
        var first = 0L;
        foreach (var episode in episodes)
        {
            stop.ThrowIfCancellationRequested();
            write(episode, first);
            first += episode.Rows;
        }
    }

    /// <summary>A tensor of a trajectory [rows, width], zeros behind where it is narrower.</summary>
    private static float[] Table(ExportedEpisode episode, string name, int width)
    {
        using var file = SafetensorsFile.Open(episode.Trajectory);
        var values = file.ReadFloats(name);
        var own = values.Length / Math.Max(1, episode.Rows);
        if (own == width)
        {
            return values;
        }

        var padded = new float[episode.Rows * width];
        for (var row = 0; row < episode.Rows; row++)
        {
            values.AsSpan(row * own, own).CopyTo(padded.AsSpan(row * width));
        }

        return padded;
    }

    private static void Write<T>(Stream stream, T[] values)
        where T : unmanaged => stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Numbers(float[] values, int row, int width) =>
        Enumerable.Range(row * width, width).Select(i => values[i].ToString("R", CultureInfo.InvariantCulture));
}

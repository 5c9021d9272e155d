using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorldModelActors.Torch;

namespace WorldModelActors.Episodes;

/// <summary>
/// Copies completed episodes out of a store into a folder that needs no store: videos, contact sheets, records, rows of all frames, a manifest
/// with checksums. The folder is made under another name beside the target and renamed at the end, so the target is whole or not there.
/// </summary>
/// <param name="files">The files beside the store.</param>
public sealed class EpisodeExport(EpisodeFiles files)
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions s_line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Results and where they go; others, such as a program's own, are left out.</summary>
    private static readonly (string What, string Folder)[] s_results = [("video", "videos"), ("contact-sheet", "contact-sheets"), ("episode", "records")];

    /// <summary>Refuses a target that holds something, before any work is done.</summary>
    /// <exception cref="SweepException">It does.</exception>
    public static void RequireFree(string target)
    {
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new SweepException($"--out {target}: is not empty; choose another folder, or delete it");
        }
    }

    /// <summary>Makes the folder.</summary>
    /// <param name="episodes">The selection; those that are not completed are left out.</param>
    /// <param name="sweeps">Their sweeps, for the manifest.</param>
    /// <param name="target">The folder; missing or empty.</param>
    /// <param name="progress">Told now and then how far it is.</param>
    /// <param name="stop">Stops it; nothing remains.</param>
    /// <exception cref="SweepException">Nothing is completed, a file is damaged, or the folder cannot be written.</exception>
    public ExportResult Run(
        IReadOnlyList<EpisodeView> episodes, IReadOnlyList<SweepSummary> sweeps, string target, Action<ExportProgress>? progress = null, CancellationToken stop = default)
    {
        target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        RequireFree(target);
        var completed = episodes.Where(episode => episode.State == JournalState.Completed).ToList();
        if (completed.Count == 0)
        {
            throw new SweepException($"none of the {episodes.Count} episodes is completed: there is nothing to export yet; look with wma status");
        }

        var parent = Path.GetDirectoryName(target) ?? throw new SweepException($"--out {target}: is no folder that can be made");
        var part = Path.Combine(parent, $".{Path.GetFileName(target)}.part-{Guid.NewGuid().ToString("N")[..8]}");
        try
        {
            Directory.CreateDirectory(part);
            var result = Fill(part, completed, episodes.Count - completed.Count, sweeps, progress, stop);
            RequireFree(target);
            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(part, target);
            return result with { Folder = target };
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or SafetensorsException)
        {
            throw new SweepException($"--out {target}: cannot be written ({cause.Message})", cause);
        }
        finally
        {
            if (Directory.Exists(part))
            {
                Directory.Delete(part, recursive: true);
            }
        }
    }

    private ExportResult Fill(
        string folder, List<EpisodeView> views, int leftOut, IReadOnlyList<SweepSummary> sweeps, Action<ExportProgress>? progress, CancellationToken stop)
    {
        var episodes = views.Select((view, index) => ExportedEpisode.Open(index, view, files)).ToList();
        var tasks = episodes.Select(episode => episode.Summary.Instruction).Distinct(StringComparer.Ordinal).ToList();
        var rows = new ExportedRows(episodes, episode => tasks.IndexOf(episode.Summary.Instruction));
        var manifest = new List<ExportedFile>();
        CopyEpisodes(folder, episodes, tasks, manifest, progress, stop);
        rows.SaveTensors(Path.Combine(folder, "data.safetensors"), stop);
        rows.SaveCsv(Path.Combine(folder, "data.csv"), stop);
        File.WriteAllLines(Path.Combine(folder, "tasks.jsonl"), tasks.Select((task, index) => new JsonObject { ["task_index"] = index, ["task"] = task }.ToJsonString(s_line)));
        manifest.AddRange(new[] { "episodes.jsonl", "data.safetensors", "data.csv", "tasks.jsonl" }.Select(name => ExportedFile.Of(folder, name)));
        var sweepIds = views.Select(view => view.SweepId).ToHashSet(StringComparer.Ordinal);
        File.WriteAllText(
            Path.Combine(folder, "manifest.json"),
            new JsonObject
            {
                ["format"] = 1,
                ["episodes"] = episodes.Count,
                ["left_out"] = leftOut,
                ["frames"] = rows.Count,
                ["sweeps"] = new JsonArray([.. sweeps.Where(sweep => sweepIds.Contains(sweep.Id)).Select(sweep => (JsonNode?)new JsonObject { ["id"] = sweep.Id, ["name"] = sweep.Name, ["spec"] = sweep.Spec.DeepClone() })]),
                ["files"] = new JsonArray([.. manifest.OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => (JsonNode?)file.ToJson())]),
            }.ToJsonString(s_json) + "\n");
        return new ExportResult(folder, episodes.Count, leftOut, rows.Count, manifest.Sum(file => file.Bytes));
    }

    private void CopyEpisodes(
        string folder, List<ExportedEpisode> episodes, List<string> tasks, List<ExportedFile> manifest, Action<ExportProgress>? progress, CancellationToken stop)
    {
        var total = episodes.Sum(episode => s_results.Sum(result => ResultFiles.Find(episode.View, result.What)?.Bytes ?? 0));
        var (copied, first) = (0L, 0L);
        using var lines = new StreamWriter(Path.Combine(folder, "episodes.jsonl"), append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        foreach (var episode in episodes)
        {
            var exported = new List<ExportedFile>();
            foreach (var (what, into) in s_results)
            {
                if (ResultFiles.Find(episode.View, what) is not { } file)
                {
                    continue;
                }

                var path = $"{into}/{episode.FileName}{Path.GetExtension(file.Name)}";
                exported.Add(ExportedFile.Copy(files.PathOf(episode.View.Id, file), file, folder, path, bytes => copied += bytes, stop));
            }

            manifest.AddRange(exported);
            lines.Write(episode.ToJson(first, tasks.IndexOf(episode.Summary.Instruction), exported).ToJsonString(s_line) + "\n");
            first += episode.Rows;
            progress?.Invoke(new ExportProgress(episode.Index + 1, episodes.Count, copied, total));
        }
    }
}

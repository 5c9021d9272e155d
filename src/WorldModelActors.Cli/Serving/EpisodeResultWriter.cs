using System.Text.Json.Nodes;
using WorldModelActors.Episodes;
using WorldModelActors.Media;
using WorldModelActors.Rollout;

namespace WorldModelActors.Cli;

/// <summary>Makes the results of an episode from its committed iterations: video, contact sheet, trajectory, record.</summary>
/// <param name="assignment">The episode.</param>
/// <param name="commits">What was committed after the point where it went on.</param>
/// <param name="video">How the video is kept.</param>
internal sealed class EpisodeResultWriter(EpisodeAssignment assignment, IReadOnlyList<IterationCommit> commits, VideoOptions video)
{
    private readonly IReadOnlyList<(IReadOnlyList<StoredFile> Files, TrajectoryRows Rows, JsonObject Counters)> _iterations =
    [
        .. assignment.Point.Committed.Select(i => (i.Files, i.Rows, i.Counters)),
        .. commits.Select(c => (c.Files, c.Rows, c.Counters)),
    ];

    private Claim Claim => assignment.Claim;

    private int Frames => _iterations.Sum(i => i.Rows.Count);

    /// <summary>Writes them.</summary>
    public async Task<EpisodeResultFiles> WriteAsync(
        EpisodeDrafts drafts, EpisodePrompt prompt, PreparedObservation observation, EpisodePlan plan, string device, CancellationToken stop)
    {
        var counters = _iterations.Select(i => i.Counters).ToList();
        var seconds = IterationTimes.Sum(counters, IterationTimes.Seconds);
        var phases = IterationTimes.Phases.ToDictionary(phase => phase, phase => IterationTimes.Sum(counters, phase));
        var draft = await drafts.RecordAsync(prompt).ConfigureAwait(false);
        var files = new List<StoredFile>();
        StoredFile? sheet = null;
        files.Add(Write("video.mp4", path => sheet = Write("contact-sheet.png", sheetPath => Join(path, sheetPath, stop))));
        files.Add(sheet!);
        var trajectory = drafts.Trajectory(
            prompt, observation, [.. _iterations.SelectMany(i => i.Rows.Actions.ToArray())], [.. _iterations.SelectMany(i => i.Rows.States.ToArray())]);
        files.Add(Write("trajectory.safetensors", trajectory.Save));
        var record = draft with
        {
            Status = EpisodeRecord.Completed,
            Iterations = plan.Iterations,
            Machine = draft.Machine with { Device = device },
            Video = draft.Video with { Frames = Frames },
            Timings = new TimingRecord(
                seconds, seconds / plan.Iterations, phases["embed"], phases["policy"], phases["world"], phases["decode"], phases["write"]),
            Started = assignment.Point.Committed is [var first, ..] ? first.At : draft.Started.AddSeconds(-seconds),
            Ended = DateTimeOffset.Now,
        };
        files.Add(Write("episode.json", path => File.WriteAllText(path, record.ToJson())));
        var owners = assignment.Point.Committed.Select(i => i.Epoch).Concat(commits.Count > 0 ? [Claim.Epoch] : []).Distinct().Count();
        var summary = new EpisodeSummary
        {
            Frames = Frames,
            Iterations = plan.Iterations,
            Owners = owners,
            Seconds = seconds,
            Phases = phases,
            Instruction = record.Instruction,
            Model = record.Model.Digest,
        };
        return new EpisodeResultFiles(files, summary.ToJson());
    }

    private StoredFile Write(string name, Action<string> write) => assignment.Files.WriteResult(Claim, name, write);

    /// <summary>The frames of all segments, in order, each once.</summary>
    private void Join(string videoPath, string sheetPath, CancellationToken stop)
    {
        using var sheet = new ContactSheet(Frames, video.ContactSheetColumns, video.ContactSheetTiles, video.ContactSheetTileSide);
        VideoWriter? writer = null;
        try
        {
            foreach (var (stored, rows, _) in _iterations)
            {
                stop.ThrowIfCancellationRequested();
                var segment = assignment.Files.PathOf(Claim.EpisodeId, stored.First(file => file.Kind == StoredFileKind.Segment));
                using var reader = VideoReader.Open(segment);
                var frames = 0;
                for (var frame = reader.Read(); frame is not null; frame = reader.Read(), frames++)
                {
                    using (frame)
                    {
                        writer ??= VideoWriter.Create(videoPath, frame.Height, frame.Width, video.Fps, video.Codec);
                        writer.Append(frame);
                        sheet.Add(frame);
                    }
                }

                if (frames != rows.Count)
                {
                    throw new StoreException($"episode {Claim.EpisodeId}: {segment} has {frames} frames, its iteration {rows.Count}; run wma store check");
                }
            }

            writer!.Complete();
            sheet.Save(sheetPath);
        }
        finally
        {
            writer?.Dispose();
        }
    }
}

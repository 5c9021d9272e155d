namespace WorldModelActors.Media;

/// <summary>
/// The videos of one episode on disk, with a contact sheet of the executed frames. Each file begins with its first frame,
/// so an episode without frames leaves none.
/// </summary>
public sealed class EpisodeVideos : IFrameSink
{
    private readonly VideoOptions _options;
    private readonly Dictionary<FrameTrack, string> _paths;
    private readonly Dictionary<FrameTrack, VideoWriter> _writers = [];
    private readonly string _contactSheetPath;
    private readonly ContactSheet _contactSheet;
    private bool _finished;

    /// <param name="videoPath">Video of the executed frames.</param>
    /// <param name="policyVideoPath">Video of the frames that the policy calls imagined.</param>
    /// <param name="contactSheetPath">Contact sheet of the executed frames.</param>
    /// <param name="expectedFrames">Executed frames that will come; decides which of them the contact sheet shows.</param>
    /// <param name="options">How they are kept.</param>
    public EpisodeVideos(string videoPath, string policyVideoPath, string contactSheetPath, long expectedFrames, VideoOptions options)
    {
        _options = options;
        _paths = new() { [FrameTrack.World] = videoPath, [FrameTrack.Policy] = policyVideoPath };
        _contactSheetPath = contactSheetPath;
        _contactSheet = new ContactSheet(
            expectedFrames, options.ContactSheetColumns, options.ContactSheetTiles, options.ContactSheetTileSide);
    }

    /// <inheritdoc/>
    public void Append(FrameTrack track, Image frame)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        if (!_writers.TryGetValue(track, out var writer))
        {
            writer = VideoWriter.Create(_paths[track], frame.Height, frame.Width, _options.Fps, _options.Codec);
            _writers.Add(track, writer);
        }

        writer.Append(frame);
        if (track == FrameTrack.World)
        {
            _contactSheet.Add(frame);
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_finished)
        {
            return;
        }

        foreach (var writer in _writers.Values)
        {
            writer.Complete();
        }

        SaveContactSheet();
        Finish();
    }

    /// <summary>Keeps what was appended: the videos are finished with the frames that they have.</summary>
    public void Dispose()
    {
        if (_finished)
        {
            return;
        }

        try
        {
            foreach (var writer in _writers.Values)
            {
                writer.Dispose();
            }

            SaveContactSheet();
        }
        finally
        {
            Finish();
        }
    }

    private void SaveContactSheet()
    {
        if (_contactSheet.TileCount > 0)
        {
            _contactSheet.Save(_contactSheetPath);
        }
    }

    private void Finish()
    {
        _finished = true;
        foreach (var writer in _writers.Values)
        {
            writer.Dispose();
        }

        _contactSheet.Dispose();
    }
}

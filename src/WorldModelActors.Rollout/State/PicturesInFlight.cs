using WorldModelActors.Media;

namespace WorldModelActors.Rollout;

/// <summary>
/// Decoded frames of an episode that its writer has not acknowledged. The episode owns their buffers all the while: it sends them again
/// where the writer failed, and disposes them once, when they are in the video or not wanted any more.
/// </summary>
internal sealed class PicturesInFlight
{
    private readonly Dictionary<long, WriteFrames> _writes = [];

    /// <summary>Orders on their way to the writer.</summary>
    public int Orders => _writes.Count;

    public IReadOnlyCollection<long> Requests => _writes.Keys;

    /// <summary>An order goes to the writer.</summary>
    public void Sent(long request, WriteFrames frames) => _writes.Add(request, frames);

    /// <summary>The writer has answered an order; its pictures are the caller's to send again or to dispose.</summary>
    public WriteFrames? Take(long request) => _writes.Remove(request, out var frames) ? frames : null;

    /// <summary>Disposes the pictures of every order.</summary>
    public void DisposeAll()
    {
        foreach (var frames in _writes.Values)
            Dispose(frames.Pictures);
        _writes.Clear();
    }

    public static void Dispose(IReadOnlyList<Image> pictures)
    {
        foreach (var picture in pictures)
            picture.Dispose();
    }
}

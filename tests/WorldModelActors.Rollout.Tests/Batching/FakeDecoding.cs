using System.Collections.Concurrent;
using WorldModelActors.Media;

namespace WorldModelActors.Rollout.Tests;

/// <summary>
/// A device without a network: the picture of a frame says which latent and which frame it is. The first call waits for
/// <see cref="Release"/> where <see cref="HoldFirst"/> is set, so that a test knows what waits.
/// </summary>
internal sealed class FakeDecoding : IFrameDecoding
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<long, bool> _kept = new();
    private readonly ConcurrentBag<Image> _discarded = [];
    private long _ids;
    private int _calls;

    public bool HoldFirst { get; init; }

    /// <summary>Runs in each call; may throw.</summary>
    public Action<IReadOnlyList<FrameToDecode>>? OnCall { get; set; }

    /// <summary>What is wrong with a frame.</summary>
    public Func<FrameToDecode, Exception?> Fault { get; set; } = _ => null;

    public Func<LatentHandle, bool> Lent { get; set; } = _ => true;

    /// <summary>Calls that went well, such as "a0 a1 b5".</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public Task Entered => _entered.Task;

    public int LiveKept => _kept.Count;

    public int Discarded => _discarded.Count;

    public void Release() => _released.TrySetResult();

    public IReadOnlyList<DecodedFrame> Decode(IReadOnlyList<FrameToDecode> frames)
    {
        if (Interlocked.Increment(ref _calls) == 1 && HoldFirst)
        {
            _entered.TrySetResult();
            _released.Task.Wait();
        }
        OnCall?.Invoke(frames);
        Calls.Enqueue(string.Join(' ', frames.Select(f => $"{f.Request.Episode}{f.Number}")));
        return [.. frames.Select(Decode)];
    }

    public bool IsLent(LatentHandle handle) => Lent(handle);

    public void Discard(DecodedFrame frame)
    {
        if (frame.Picture is { } picture)
        {
            picture.Dispose();
            _discarded.Add(picture);
        }
        if (frame.Kept is { } kept)
            Assert.True(_kept.TryRemove(kept.Id, out _));
    }

    /// <summary>Latent and frame that a picture shows.</summary>
    public static (int Latent, int Frame) Shown(Image picture) => (picture.Pixels[0], picture.Pixels[1]);

    private DecodedFrame Decode(FrameToDecode frame)
    {
        if (Fault(frame) is { } fault)
            return new DecodedFrame(null, null, fault);
        var picture = Image.Copy([(byte)frame.Request.Latent.Id, (byte)frame.Number, 0], 1, 1);
        if (!frame.Request.Urgent)
            return new DecodedFrame(picture, null);
        var kept = new LatentHandle("cpu", Interlocked.Increment(ref _ids), "[3, 1, 1]", ScalarType.Float32);
        _kept[kept.Id] = true;
        return new DecodedFrame(picture, kept);
    }
}

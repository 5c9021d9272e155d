using WorldModelActors.Media;

namespace WorldModelActors.Verify;

/// <summary>
/// What really happens in a prompt's episode: <c>truth/ID.png</c> beside the prompts holds the true frames 0, 1, ... one below the other.
/// Frame 0 is the observation; frame t + 1 is what action t leads to.
/// </summary>
internal sealed class TrueFrames : IDisposable
{
    private readonly Image _strip;
    private readonly int _height;
    private readonly int _width;

    /// <exception cref="VerifyException">The file does not hold frames of this size.</exception>
    public TrueFrames(string directory, PromptRow row, int height, int width)
    {
        var path = Path.Combine(directory, "truth", row.VideoId + ".png");
        _strip = Image.Load(path);
        (_height, _width) = (height, width);
        if (_strip.Width != width || _strip.Height % height != 0)
        {
            _strip.Dispose();
            throw new VerifyException($"{path}: its size is not that of {width}x{height} frames one below the other");
        }
    }

    /// <summary>Frames behind frame 0.</summary>
    public int Count => (_strip.Height / _height) - 1;

    /// <summary>A frame, which the caller owns.</summary>
    public Image this[int number] => Image.Copy(Pixels(number, 1), _height, _width);

    /// <summary>Frames first .. first + count - 1 as [count, 3, H, W] in [-1, 1].</summary>
    public Tensor Values(int first, int count)
    {
        using var scope = NewDisposeScope();
        var levels = tensor(Pixels(first, count).ToArray(), [count, _height, _width, Image.Channels]);
        return levels.permute(0, 3, 1, 2).@float().div_(255).mul_(2).sub_(1).MoveToOuterDisposeScope();
    }

    public void Dispose() => _strip.Dispose();

    private ReadOnlySpan<byte> Pixels(int first, int count)
    {
        var length = _height * _width * Image.Channels;
        return _strip.Pixels.Slice(first * length, count * length);
    }
}

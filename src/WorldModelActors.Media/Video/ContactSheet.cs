namespace WorldModelActors.Media;

/// <summary>
/// A grid of a video's frames in one picture, filled while the video is made. It keeps every n-th frame as a thumbnail;
/// when there are more frames than were announced, it keeps every second of its thumbnails and doubles the stride, so
/// that memory stays bounded whatever the length.
/// </summary>
public sealed class ContactSheet : IDisposable
{
    private const int Gap = 2;
    private const byte Background = 24;

    private readonly List<Image> _tiles = [];
    private readonly int _columns;
    private readonly int _maximumTiles;
    private readonly int _maximumTileSide;
    private long _frames;

    /// <param name="expectedFrames">Frames that the video will have; decides the stride.</param>
    /// <param name="columns">Thumbnails in a row.</param>
    /// <param name="maximumTiles">Thumbnails at most.</param>
    /// <param name="maximumTileSide">Larger frames are shrunk to this many pixels on their long side.</param>
    public ContactSheet(long expectedFrames, int columns = 8, int maximumTiles = 64, int maximumTileSide = 256)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expectedFrames);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumTiles, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumTileSide, 1);
        _columns = columns;
        _maximumTiles = maximumTiles;
        _maximumTileSide = maximumTileSide;
        Stride = Math.Max(1, (expectedFrames + maximumTiles - 1) / maximumTiles);
    }

    /// <summary>Every how many frames one is kept, the first included.</summary>
    public long Stride { get; private set; }

    /// <summary>Thumbnails kept so far.</summary>
    public int TileCount => _tiles.Count;

    /// <summary>Takes the video's next frame; the picture stays the caller's.</summary>
    /// <exception cref="MediaException">The frame has another size than those before.</exception>
    public void Add(Image frame)
    {
        var index = _frames++;
        if (index % Stride != 0)
        {
            return;
        }

        var (height, width) = TileSize(frame);
        if (_tiles.Count > 0 && (_tiles[0].Height != height || _tiles[0].Width != width))
        {
            throw new MediaException($"A contact sheet of {_tiles[0].Width}x{_tiles[0].Height} thumbnails cannot take a frame of {frame.Width}x{frame.Height} pixels.");
        }

        if (_tiles.Count == _maximumTiles)
        {
            Thin();
            if (index % Stride != 0)
            {
                return;
            }
        }

        _tiles.Add(height == frame.Height && width == frame.Width
            ? Image.Copy(frame.Pixels, height, width)
            : Thumbnail.Of(frame, height, width));
    }

    /// <summary>The sheet so far; the picture belongs to the caller.</summary>
    /// <exception cref="MediaException">No frame was added.</exception>
    public Image Render()
    {
        if (_tiles.Count == 0)
        {
            throw new MediaException("A contact sheet needs at least one frame.");
        }

        var (height, width) = (_tiles[0].Height, _tiles[0].Width);
        var columns = Math.Min(_columns, _tiles.Count);
        var rows = (_tiles.Count + columns - 1) / columns;
        var sheet = Image.Rent((rows * (height + Gap)) + Gap, (columns * (width + Gap)) + Gap);
        sheet.Pixels.Fill(Background);
        for (var i = 0; i < _tiles.Count; i++)
        {
            var top = Gap + (i / columns * (height + Gap));
            var left = Gap + (i % columns * (width + Gap));
            for (var row = 0; row < height; row++)
            {
                var source = _tiles[i].Pixels.Slice(row * width * Image.Channels, width * Image.Channels);
                source.CopyTo(sheet.Pixels[((((top + row) * sheet.Width) + left) * Image.Channels)..]);
            }
        }

        return sheet;
    }

    /// <summary>Writes the sheet so far as a PNG file.</summary>
    /// <exception cref="MediaException">No frame was added, or the file cannot be written.</exception>
    public void Save(string path)
    {
        using var sheet = Render();
        ImageCodec.SavePng(sheet, path);
    }

    public void Dispose()
    {
        foreach (var tile in _tiles)
        {
            tile.Dispose();
        }

        _tiles.Clear();
    }

    private (int Height, int Width) TileSize(Image frame)
    {
        var longSide = Math.Max(frame.Height, frame.Width);
        return longSide <= _maximumTileSide
            ? (frame.Height, frame.Width)
            : (Math.Max(1, (int)((long)frame.Height * _maximumTileSide / longSide)), Math.Max(1, (int)((long)frame.Width * _maximumTileSide / longSide)));
    }

    private void Thin()
    {
        var kept = 0;
        for (var i = 0; i < _tiles.Count; i++)
        {
            if (i % 2 == 0)
            {
                _tiles[kept++] = _tiles[i];
            }
            else
            {
                _tiles[i].Dispose();
            }
        }

        _tiles.RemoveRange(kept, _tiles.Count - kept);
        Stride *= 2;
    }
}

using WorldModelActors.Media;

namespace WorldModelActors.Episodes;

/// <summary>
/// What the camera over the demo table sees, exactly as assets/demo-world-model/README.md ("Picture") states it: shapes one over the other, each
/// by its coverage <c>clamp(0.5 - s, 0, 1)</c> of a pixel, s its signed distance at the pixel's centre. Equal to the recorded pictures in every byte.
/// </summary>
internal static class PushTablePicture
{
    /// <summary>Rows and columns.</summary>
    public const int Side = 64;

    private static readonly Point s_base = new(32, 60);

    /// <summary>Draws the table; the picture belongs to the caller.</summary>
    /// <param name="state">The table.</param>
    /// <param name="colour0">Colour of the first block.</param>
    /// <param name="colour1">Colour of the second block.</param>
    public static Image Draw(PushTableState state, Rgb colour0, Rgb colour1)
    {
        var image = Image.Rent(Side, Side);
        Span<double> colour = stackalloc double[Image.Channels];
        for (var row = 0; row < Side; row++)
        {
            for (var column = 0; column < Side; column++)
            {
                At(new Point(column + 0.5, row + 0.5), state, colour0, colour1, colour);
                var pixel = image.Pixels.Slice(((row * Side) + column) * Image.Channels, Image.Channels);
                for (var channel = 0; channel < pixel.Length; channel++)
                {
                    pixel[channel] = (byte)Math.Floor(colour[channel] + 0.5);
                }
            }
        }

        return image;
    }

    /// <summary>A block's colour; null where it is none.</summary>
    public static Rgb? ColourOf(string name) => name switch
    {
        "red" => new Rgb(208, 58, 48),
        "green" => new Rgb(56, 160, 78),
        "blue" => new Rgb(48, 98, 208),
        _ => null,
    };

    private static void At(Point at, PushTableState state, Rgb colour0, Rgb colour1, Span<double> colour)
    {
        (colour[0], colour[1], colour[2]) = (224, 208, 180);
        Cover(colour, Math.Min(Math.Min(at.X, Side - at.X), Math.Min(at.Y, Side - at.Y)) - 1.5, 150, 126, 96);
        Block(colour, at - state.Block0, colour0);
        Block(colour, at - state.Block1, colour1);
        var arm = state.Pusher - s_base;
        var length = arm.Norm;
        Cover(colour, ToSegment(at - s_base, arm / length, length) - 1.3, 168, 174, 186);
        Cover(colour, ToSegment(at - s_base, arm / length, length / 2) - 2.3, 96, 104, 122);
        Cover(colour, (at - s_base).Norm - 5, 58, 62, 74);
        Cover(colour, (at - state.Pusher).Norm - 3, 34, 36, 44);
        Cover(colour, (at - state.Pusher).Norm - 1.3, 250, 204, 70);
    }

    private static void Block(Span<double> colour, Point from, Rgb own)
    {
        var distance = Math.Max(Math.Abs(from.X), Math.Abs(from.Y));
        Cover(colour, distance - 5, 0.62 * own.Red, 0.62 * own.Green, 0.62 * own.Blue);
        Cover(colour, distance - 3.75, own.Red, own.Green, own.Blue);
    }

    /// <summary>Distance from a segment that begins at the origin.</summary>
    private static double ToSegment(Point at, Point direction, double length)
    {
        var along = Math.Clamp((at.X * direction.X) + (at.Y * direction.Y), 0, length);
        return (at - (along * direction)).Norm;
    }

    private static void Cover(Span<double> colour, double distance, double red, double green, double blue)
    {
        var coverage = Math.Clamp(0.5 - distance, 0, 1);
        colour[0] += coverage * (red - colour[0]);
        colour[1] += coverage * (green - colour[1]);
        colour[2] += coverage * (blue - colour[2]);
    }
}

using FsCheck.Fluent;

namespace WorldModelActors.Media.Tests;

public sealed class ContactSheetTests
{
    [Fact]
    public void The_grid_shows_every_nth_frame_row_by_row()
    {
        using var sheet = new ContactSheet(expectedFrames: 12, columns: 2, maximumTiles: 4);
        Assert.Equal(3, sheet.Stride);
        for (byte i = 0; i < 12; i++)
        {
            using var frame = Constant(8, 10, (byte)(10 * i));
            sheet.Add(frame);
        }

        using var picture = sheet.Render();
        Assert.Equal(4, sheet.TileCount);
        Assert.Equal((22, 26), (picture.Height, picture.Width));
        Assert.Equal<byte>([0, 30, 60, 90], [Red(picture, 5, 5), Red(picture, 5, 20), Red(picture, 15, 5), Red(picture, 15, 20)]);
    }

    [Fact]
    public void Memory_stays_bounded_and_frames_evenly_spaced_whatever_the_length()
    {
        var cases = from expected in Gen.Choose(0, 200) from actual in Gen.Choose(1, 400) from tiles in Gen.Choose(1, 20) select (expected, actual, tiles);
        Law.Holds(cases, c =>
        {
            using var sheet = new ContactSheet(c.expected, columns: 4, maximumTiles: c.tiles);
            for (var i = 0; i < c.actual; i++)
            {
                using var frame = Constant(2, 2, (byte)(i / 2));
                sheet.Add(frame);
                Assert.InRange(sheet.TileCount, 1, c.tiles);
            }

            Assert.Equal((c.actual + sheet.Stride - 1) / sheet.Stride, sheet.TileCount);
            using var picture = sheet.Render();
            var columns = Math.Min(4, sheet.TileCount);
            for (var i = 0; i < sheet.TileCount; i++)
            {
                Assert.Equal((byte)(i * sheet.Stride / 2), Red(picture, 2 + (i / columns * 4), 2 + (i % columns * 4)));
            }
        });
    }

    [Fact]
    public void Large_frames_are_shrunk()
    {
        using var sheet = new ContactSheet(1, maximumTileSide: 32);
        using var frame = Constant(320, 512, 77);
        sheet.Add(frame);
        using var picture = sheet.Render();
        Assert.Equal((24, 36), (picture.Height, picture.Width));
        Assert.Equal(77, Red(picture, 12, 18));
    }

    [Fact]
    public void The_sheet_is_a_png_file()
    {
        using var directory = new TemporaryDirectory();
        using var sheet = new ContactSheet(1);
        Assert.Throws<MediaException>(() => sheet.Save(directory.File("sheet.png")));
        using var frame = Constant(8, 8, 200);
        sheet.Add(frame);
        sheet.Save(directory.File("sheet.png"));
        using var back = Image.Load(directory.File("sheet.png"));
        Assert.Equal((12, 12), (back.Height, back.Width));
        using var other = Constant(8, 9, 200);
        Assert.Throws<MediaException>(() => sheet.Add(other));
    }

    private static Image Constant(int height, int width, byte value)
    {
        var image = Image.Rent(height, width);
        image.Pixels.Fill(value);
        return image;
    }

    private static byte Red(Image image, int y, int x) => image.Pixels[((y * image.Width) + x) * Image.Channels];
}

using System.Xml.Linq;

namespace WorldModelActors.Media.Tests;

public sealed class DrawingTests
{
    private static readonly Rgb s_red = Rgb.Of(0xff0000);

    [Fact]
    public void Rectangles_fill_their_pixels_and_are_cut_at_the_edges()
    {
        using var drawing = new PngDrawing(10, 6);
        drawing.Rectangle(2, 1, 3, 2, s_red);
        drawing.Rectangle(8, 4, 100, 100, s_red);
        drawing.Rectangle(-5, 5, 5.4, 0.1, s_red);

        var rows = Enumerable.Range(0, 6).Select(y => string.Concat(Enumerable.Range(0, 10).Select(x => IsRed(drawing, x, y) ? '#' : '.')));
        Assert.Equal(["..........", "..###.....", "..###.....", "..........", "........##", "........##"], rows);
    }

    [Fact]
    public void What_is_thinner_than_a_pixel_is_still_seen()
    {
        using var drawing = new PngDrawing(4, 1);
        drawing.Rectangle(1.2, 0, 0.1, 1, s_red);

        Assert.True(IsRed(drawing, 1, 0));
        Assert.False(IsRed(drawing, 2, 0));
    }

    [Theory]
    [InlineData(TextAnchor.Left, 50, 100)]
    [InlineData(TextAnchor.Middle, 20, 80)]
    [InlineData(TextAnchor.Right, 0, 50)]
    public void Text_lies_where_its_anchor_says(TextAnchor anchor, int from, int until)
    {
        using var drawing = new PngDrawing(100, 30);
        drawing.Text(50, 20, "abc é", 8, Rgb.Black, anchor);

        var inked = Enumerable.Range(0, 100).Where(x => Enumerable.Range(0, 30).Any(y => Pixel(drawing, x, y) != Rgb.White)).ToList();
        Assert.NotEmpty(inked);
        Assert.All(inked, x => Assert.InRange(x, from, until));
    }

    [Fact]
    public void A_text_without_letters_is_none()
    {
        using var drawing = new PngDrawing(10, 10);
        drawing.Text(5, 5, "", 8, Rgb.Black, TextAnchor.Middle);

        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(Rgb.White, Pixel(drawing, i % 10, i / 10)));
    }

    [Fact]
    public void Svg_is_well_formed_whatever_the_text()
    {
        var drawing = new SvgDrawing(10, 20);
        drawing.Rectangle(1, 2, 3.5, 4, s_red);
        drawing.Text(1, 2, "a < b & \"c\"", 7.2, Rgb.Black, TextAnchor.Middle, bold: true);

        var root = XDocument.Parse(drawing.ToString()).Root!;
        Assert.Equal("a < b & \"c\"", root.Elements().Single(e => e.Name.LocalName == "text").Value);
        Assert.Equal(["#ffffff", "#ff0000"], root.Elements().Where(e => e.Name.LocalName == "rect").Select(e => (string)e.Attribute("fill")!));
    }

    private static bool IsRed(PngDrawing drawing, int x, int y) => Pixel(drawing, x, y) == s_red;

    private static Rgb Pixel(PngDrawing drawing, int x, int y)
    {
        var pixel = drawing.Picture.Pixels.Slice(((y * drawing.Width) + x) * 3, 3);
        return new Rgb(pixel[0], pixel[1], pixel[2]);
    }
}

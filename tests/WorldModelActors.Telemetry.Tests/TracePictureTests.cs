using WorldModelActors.Media;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Telemetry.Tests;

public sealed class TracePictureTests
{
    [Fact]
    public void Lanes_are_rows_and_time_goes_to_the_right()
    {
        LaneSpan[] spans =
        [
            Spans.Of(Lane.UNet, 0, 500_000, subjects: Spans.Sample("a", 0, SamplingPhase.Policy, 1)),
            Spans.Of(Lane.UNet, 500_000, 1_000_000, subjects: Spans.Sample("a", 0, SamplingPhase.World, 1)),
            Spans.Of(Lane.Write, 900_000, 1_000_000),
        ];
        var (width, height) = TracePicture.SizeOf(spans);
        var drawing = new RecordedDrawing(width, height);
        TracePicture.Draw(drawing, "title", spans, 0, 1_000_000, 1_000_000);

        Assert.Contains("cpu UNet", drawing.Texts);
        Assert.Contains("host write", drawing.Texts);
        Assert.Contains("denoise, policy call", drawing.Texts);
        Assert.Contains("denoise, world-model call", drawing.Texts);
        Assert.DoesNotContain("embed", drawing.Texts);
        var bars = drawing.Rectangles.Where(r => r.Height == 24).ToList();
        Assert.Equal(3, bars.Count);
        Assert.Equal(bars[0].Y, bars[1].Y);
        Assert.True(bars[2].Y > bars[0].Y);
        Assert.True(bars[0].X < bars[1].X && bars[1].X < bars[2].X);
        Assert.Equal(bars[0].Width, bars[1].Width, 6);
    }

    private sealed class RecordedDrawing(int width, int height) : IDrawing
    {
        public int Width => width;

        public int Height => height;

        public List<(double X, double Y, double Width, double Height)> Rectangles { get; } = [];

        public List<string> Texts { get; } = [];

        public void Rectangle(double x, double y, double width, double height, Rgb colour) => Rectangles.Add((x, y, width, height));

        public void Text(double x, double y, string text, double size, Rgb colour, TextAnchor anchor, bool bold) => Texts.Add(text);
    }
}

namespace WorldModelActors.Media.Tests;

public sealed class ImageCodecTests
{
    [Fact]
    public void Png_comes_back_bit_for_bit()
    {
        using var image = Pictures.Noise(37, 53, seed: 1);
        using var back = ImageCodec.Decode(ImageCodec.EncodePng(image), "noise.png");
        Assert.Equal((37, 53), (back.Height, back.Width));
        Assert.True(image.Pixels.SequenceEqual(back.Pixels));
    }

    [Fact]
    public void Jpeg_comes_back_nearly()
    {
        using var image = Pictures.Gradient(48, 64);
        using var back = ImageCodec.Decode(ImageCodec.EncodeJpeg(image, quality: 95), "gradient.jpg");
        Assert.True(PeakSignalToNoise.Of(image, back) > 30);
    }

    [Fact]
    public void The_prompt_picture_of_the_golden_set_decodes_to_rgb()
    {
        using var image = Image.Load(RepositoryFiles.Golden("prompts", "images", "tiny_set", "0.png"));
        using var prepared = GoldenData.Picture("img0_u8");
        Assert.Equal((72, 96), (image.Height, image.Width));
        Assert.Equal((image.Height, image.Width), (prepared.Height, prepared.Width));
    }

    [Fact]
    public void Transparency_is_dropped()
    {
        var file = PngFile.Make(2, 1, 8, PngFile.Rgba, [10, 20, 30, 0, 40, 50, 60, 128]);
        using var image = ImageCodec.Decode(file, "rgba.png");
        Assert.Equal<byte>([10, 20, 30, 40, 50, 60], image.Pixels.ToArray());
    }

    [Fact]
    public void Grey_palette_and_16_bit_pictures_become_rgb()
    {
        using var grey = ImageCodec.Decode(PngFile.Make(2, 1, 8, PngFile.Grey, [7, 200]), "grey.png");
        Assert.Equal<byte>([7, 7, 7, 200, 200, 200], grey.Pixels.ToArray());

        using var palette = ImageCodec.Decode(PngFile.Make(2, 1, 8, PngFile.Palette, [1, 0], ("PLTE", [1, 2, 3, 4, 5, 6])), "palette.png");
        Assert.Equal<byte>([4, 5, 6, 1, 2, 3], palette.Pixels.ToArray());

        using var deep = ImageCodec.Decode(PngFile.Make(1, 1, 16, PngFile.Rgb, [10, 99, 20, 99, 30, 99]), "deep.png");
        Assert.Equal<byte>([10, 20, 30], deep.Pixels.ToArray());
    }

    [Fact]
    public void The_cameras_orientation_tag_is_ignored()
    {
        using var image = Pictures.Gradient(16, 48);
        var plain = ImageCodec.EncodeJpeg(image);
        byte[] turnedRight =
        [
            0xFF, 0xE1, 0x00, 0x22, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0, (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
        ];
        using var expected = ImageCodec.Decode(plain, "plain.jpg");
        using var tagged = ImageCodec.Decode([.. plain[..2], .. turnedRight, .. plain[2..]], "tagged.jpg");
        Assert.True(expected.Pixels.SequenceEqual(tagged.Pixels));
    }

    [Fact]
    public void Every_truncation_is_refused_by_name()
    {
        using var image = Pictures.Gradient(24, 24);
        foreach (var (file, name) in new[] { (ImageCodec.EncodePng(image), "cut.png"), (ImageCodec.EncodeJpeg(image), "cut.jpg") })
        {
            for (var length = 0; length < file.Length; length++)
            {
                var error = Assert.Throws<MediaException>(() => ImageCodec.Decode(file.AsSpan(0, length), name).Dispose());
                Assert.StartsWith(name, error.Message);
            }
        }
    }

    [Fact]
    public void Damaged_files_are_read_or_refused_but_never_crash()
    {
        using var image = Pictures.Gradient(24, 24);
        var palette = PngFile.Make(2, 2, 8, PngFile.Palette, [1, 0, 1, 1], ("PLTE", [1, 2, 3, 4, 5, 6]));
        Survives(ImageCodec.EncodePng(image), rounds: 1000);
        Survives(palette, rounds: 1000);
        Survives(ImageCodec.EncodeJpeg(image), rounds: 60);
    }

    [Theory]
    [InlineData(8193, 8192)]
    [InlineData(uint.MaxValue, 1)]
    [InlineData(1_000_000, 1_000_000)]
    [InlineData(0, 16)]
    public void Absurd_sizes_are_refused_from_the_header(uint width, uint height)
    {
        var file = PngFile.Make(width, height, 8, PngFile.Rgb, [1, 2, 3]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<MediaException>(() => ImageCodec.Decode(file, "huge.png"));
        Assert.StartsWith("huge.png", error.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Missing_foreign_and_unwritable_files_are_named()
    {
        using var directory = new TemporaryDirectory();
        Assert.Contains("no such picture", Assert.Throws<MediaException>(() => Image.Load(directory.File("absent.png"))).Message);

        File.WriteAllText(directory.File("text.png"), "not a picture");
        Assert.Contains("not a PNG or JPEG", Assert.Throws<MediaException>(() => Image.Load(directory.File("text.png"))).Message);

        using var image = Pictures.Gradient(8, 8);
        var target = Path.Combine(directory.File("text.png"), "inside.png");
        Assert.StartsWith(target, Assert.Throws<MediaException>(() => ImageCodec.SavePng(image, target)).Message);
    }

    [Fact]
    public void A_returned_buffer_cannot_be_used()
    {
        var image = Image.Rent(4, 4);
        image.Dispose();
        image.Dispose();
        Assert.Throws<ObjectDisposedException>(() => image.Pixels.Clear());
        var frame = FrameBuffer.Rent(4, 4);
        frame.Dispose();
        frame.Dispose();
        Assert.Throws<ObjectDisposedException>(() => frame.Values.Clear());
    }

    private static void Survives(byte[] whole, int rounds)
    {
        var random = new Random(5);
        for (var round = 0; round < rounds; round++)
        {
            var file = (byte[])whole.Clone();
            for (var change = random.Next(1, 5); change > 0; change--)
            {
                file[random.Next(file.Length)] = (byte)random.Next(256);
            }

            try
            {
                ImageCodec.Decode(file, "damaged").Dispose();
            }
            catch (MediaException error)
            {
                Assert.StartsWith("damaged", error.Message);
            }
        }
    }
}

using FsCheck.Fluent;

namespace WorldModelActors.Media.Tests;

public sealed class ResizeCenterCropTests
{
    /// <summary>Smaller, equal, portrait, wide and flat, and just larger than the target.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Resizes_pads_and_crops_as_the_reference(int picture)
    {
        using var image = GoldenData.Picture($"img{picture}_u8");
        using var frame = ResizeCenterCrop.Unscaled(image, GoldenData.Height, GoldenData.Width);
        Compare.MeetsGolden(GoldenData.Floats($"img{picture}_resize_center_crop"), frame.Values);
    }

    [Fact]
    public void Scales_to_minus_one_to_one_as_the_reference()
    {
        using var image = GoldenData.Picture("img0_u8");
        using var frame = ResizeCenterCrop.Apply(image, GoldenData.Height, GoldenData.Width);
        Compare.MeetsGolden(GoldenData.Floats("img0_scaled"), frame.Values);
    }

    [Fact]
    public void Base_model_transform_rounds_to_8_bits_as_Pillow_does()
    {
        using var image = GoldenData.Picture("img0_u8");
        using var frame = ResizeCenterCrop.ApplyBaseModel(image, GoldenData.Height, GoldenData.Width);
        Compare.MeetsGolden(GoldenData.Floats("img0_base_model_pil_transform"), frame.Values);
    }

    [Fact]
    public void The_robots_camera_gets_43_black_columns_at_each_side()
    {
        using var image = Image.Rent(480, 640);
        image.Pixels.Fill(255);
        using var frame = ResizeCenterCrop.Apply(image, 320, 512);
        var row = frame.Values.Slice(100 * 512, 512).ToArray();
        Assert.All(row[..43], value => Assert.Equal(-1f, value));
        Assert.All(row[43..469], value => Assert.Equal(1f, value, 1e-6f));
        Assert.All(row[469..], value => Assert.Equal(-1f, value));
    }

    [Fact]
    public void A_picture_of_the_target_size_is_only_scaled()
    {
        using var image = Pictures.Noise(32, 48, seed: 1);
        using var frame = ResizeCenterCrop.Unscaled(image, 32, 48);
        for (var i = 0; i < 32 * 48; i++)
        {
            Assert.Equal(image.Pixels[i * 3], frame.Values[i]);
        }
    }

    [Fact]
    public void Both_variants_keep_a_constant_picture_constant_for_any_size()
    {
        var sizes = Gen.Choose(1, 90);
        var cases = from height in sizes
                    from width in sizes
                    from targetHeight in sizes
                    from targetWidth in sizes
                    from value in Gen.Choose(0, 255)
                    select (height, width, targetHeight, targetWidth, (byte)value);
        Law.Holds(cases, c =>
        {
            var (height, width, targetHeight, targetWidth, value) = c;
            using var image = Image.Rent(height, width);
            image.Pixels.Fill(value);
            var (rows, columns) = CropAxis.Of(height, width, targetHeight, targetWidth);
            using var exact = ResizeCenterCrop.Apply(image, targetHeight, targetWidth);
            using var rounded = ResizeCenterCrop.ApplyBaseModel(image, targetHeight, targetWidth);
            for (var y = 0; y < targetHeight; y++)
            {
                for (var x = 0; x < targetWidth; x++)
                {
                    var inside = y >= rows.Offset && y < rows.Offset + rows.Count && x >= columns.Offset && x < columns.Offset + columns.Count;
                    var expected = inside ? (value / 127.5f) - 1f : -1f;
                    Assert.Equal(expected, exact.Values[(y * targetWidth) + x], 1e-5f);
                    Assert.Equal(expected, rounded.Values[(y * targetWidth) + x], 1e-5f);
                }
            }
        });
    }

    /// <summary>A one-pixel-wide picture resizes to millions of rows; only the visible ones may be computed.</summary>
    [Fact]
    public void Extreme_aspect_ratios_need_little_memory()
    {
        using var image = Image.Rent(1_000_000, 1);
        image.Pixels.Fill(51);
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var frame = ResizeCenterCrop.Apply(image, 320, 512);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        Assert.Equal(-0.6f, frame.Values[(160 * 512) + 256], 1e-5f);
    }

    [Theory]
    [InlineData(65, 64, 0)] // round(0.5) is 0 in Python
    [InlineData(67, 64, 2)] // round(1.5) is 2
    [InlineData(69, 64, 2)] // round(2.5) is 2
    public void Crop_offset_rounds_half_to_even(int width, int target, int expected)
    {
        var (_, columns) = CropAxis.Of(64, width, 64, target);
        Assert.Equal(expected, columns.First);
    }
}

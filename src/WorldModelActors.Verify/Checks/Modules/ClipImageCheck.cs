using System.Text.RegularExpressions;
using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>Image tower: preprocessing and tokens of 8-bit images.</summary>
internal sealed partial class ClipImageCheck : IGoldenCheck
{
    public string Name => "clip_image";

    public string? Upstream => "FrozenOpenCLIPImageEmbedder";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs(@"image\d+_u8");
        var size = session.Configuration.ClipImage.ImageSize;
        var numbers = file.Names.Select(name => Image().Match(name)).Where(m => m.Success).Select(m => m.Groups[1].Value).ToList();
        Tensor Pixels(string number) => ((file[$"image{number}_u8"].@float() / 255) - 0.5) * 2;
        foreach (var number in numbers.Where(n => file.Contains("preprocessed" + n)))
        {
            sheet.Compare("preprocessed" + number, ClipImagePreprocess.Apply(Pixels(number), size), Tolerances.Module);
        }

        var encoder = session.Model.Model.Conditions.ImageEncoder;
        foreach (var number in numbers.Where(n => file.Contains("tokens" + n)))
        {
            sheet.Compare("tokens" + number, encoder.Forward(Pixels(number)), Tolerances.Module);
        }
    }

    [GeneratedRegex(@"^image(\d+)_u8$", RegexOptions.CultureInvariant)]
    private static partial Regex Image();
}

using System.Globalization;
using System.Text.RegularExpressions;
using WorldModelActors.Media;

namespace WorldModelActors.Verify;

/// <summary>
/// The reference implementation's quality as a model directory's README tells it, in a table whose rows are
/// <c>| S steps, eta E | PSNR 16 | SSIM 16 | PSNR 48 | SSIM 48 |</c>.
/// </summary>
public static partial class ReferenceQuality
{
    /// <summary>Quality by (steps, eta): of one round (16 frames) and of three (48 frames).</summary>
    /// <param name="directory">The model directory.</param>
    /// <exception cref="VerifyException">There is no README with such a table.</exception>
    public static IReadOnlyDictionary<(int Steps, double Eta), (FrameQuality OneRound, FrameQuality ThreeRounds)> Read(string directory)
    {
        var path = Path.Combine(directory, "README.md");
        var rows = File.Exists(path) ? Row().Matches(File.ReadAllText(path)) : throw new VerifyException($"{path} does not exist");
        return rows.Count == 0
            ? throw new VerifyException($"{path}: it has no table of rows '| S steps, eta E | PSNR 16 | SSIM 16 | PSNR 48 | SSIM 48 |'")
            : rows.ToDictionary(
                m => (int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture), Number(m, 2)),
                m => (new FrameQuality(Number(m, 3), Number(m, 4)), new FrameQuality(Number(m, 5), Number(m, 6))));
    }

    private static double Number(Match row, int group) => double.Parse(row.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| (\d+) steps, eta ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|\s*$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Row();
}

using WorldModelActors.Media;

namespace WorldModelActors.Episodes;

/// <summary>One quantity of every variant, beside other panels of the same variants.</summary>
/// <param name="Title">What it is, with its unit.</param>
/// <param name="Values">One for each variant; not a number where there is none.</param>
/// <param name="Format">A value as text.</param>
/// <param name="Colour">Its colour.</param>
internal sealed record ChartPanel(string Title, IReadOnlyList<double> Values, Func<double, string> Format, Rgb Colour)
{
    /// <summary>Marks on a scale that fits the values, for quantities whose zero means nothing (PSNR, SSIM); else bars from zero.</summary>
    public bool IsMarks { get; init; }

    /// <summary>What no value is above, such as 1 for a part of a whole; infinite where there is no such value.</summary>
    public double Most { get; init; } = double.PositiveInfinity;

    /// <summary>Text instead of a value, such as <c>reference</c>; null for the value.</summary>
    public Func<int, string?> Instead { get; init; } = _ => null;
}

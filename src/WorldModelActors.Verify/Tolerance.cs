using System.Globalization;

namespace WorldModelActors.Verify;

/// <summary>What is compared with a tolerance.</summary>
public enum ErrorMeasure
{
    /// <summary>‖actual - recorded‖ / ‖recorded‖; the largest absolute difference where the recorded tensor is all zeros.</summary>
    RelativeL2,

    /// <summary>The largest absolute difference.</summary>
    MaximumAbsolute,

    /// <summary>No difference at all.</summary>
    Exact,
}

/// <summary>Largest error that a check accepts.</summary>
/// <param name="Value">The bound; 0 for exact.</param>
/// <param name="Measure">What it bounds.</param>
/// <param name="AbsoluteLimit">A bound of the largest absolute difference beside it; null for none.</param>
/// <param name="TypicalAbsolute">
/// Another one, which a run may exceed only as far as its own measured sensitivity explains; null for none.
/// </param>
public readonly record struct Tolerance(double Value, ErrorMeasure Measure, double? AbsoluteLimit = null, double? TypicalAbsolute = null)
{
    /// <summary>No difference at all.</summary>
    public static Tolerance Exact => new(0, ErrorMeasure.Exact);

    /// <summary>Whether the errors stay within the bounds; errors that are not numbers never do.</summary>
    /// <param name="maximumAbsolute">Largest absolute difference.</param>
    /// <param name="relativeL2">‖actual - recorded‖ / ‖recorded‖.</param>
    /// <param name="sensitivity">
    /// By how much the largest element of this very result changes under the reference's perturbation; null where it was not measured.
    /// </param>
    public bool Accepts(double maximumAbsolute, double relativeL2, double? sensitivity = null) => Measure switch
    {
        ErrorMeasure.RelativeL2 => relativeL2 <= Value
            && (AbsoluteLimit is not { } limit || maximumAbsolute <= limit)
            && (TypicalAbsolute is not { } typical || maximumAbsolute <= typical || maximumAbsolute <= sensitivity),
        ErrorMeasure.MaximumAbsolute => maximumAbsolute <= Value,
        _ => maximumAbsolute == 0,
    };

    /// <summary>
    /// Whether only the run's own sensitivity, which takes several runs to measure, can decide about these errors.
    /// </summary>
    internal bool AsksForSensitivity(double maximumAbsolute, double relativeL2) =>
        !Accepts(maximumAbsolute, relativeL2) && Accepts(maximumAbsolute, relativeL2, double.PositiveInfinity);

    /// <summary>E.g. <c>1e-05 relative</c>.</summary>
    public override string ToString() => Measure switch
    {
        ErrorMeasure.RelativeL2 when (TypicalAbsolute, AbsoluteLimit) is ({ } typical, { } most) =>
            $"{Number(Value)} relative, {Number(typical)} absolute or the run's sensitivity up to {Number(most)}",
        ErrorMeasure.RelativeL2 when AbsoluteLimit is { } limit => $"{Number(Value)} relative, {Number(limit)} absolute",
        ErrorMeasure.RelativeL2 => $"{Number(Value)} relative",
        ErrorMeasure.MaximumAbsolute when Value >= 1 => string.Create(CultureInfo.InvariantCulture, $"{Value} absolute"),
        ErrorMeasure.MaximumAbsolute => $"{Number(Value)} absolute",
        _ => "exact",
    };

    private static string Number(double value) => value.ToString("0.#e-00", CultureInfo.InvariantCulture);
}

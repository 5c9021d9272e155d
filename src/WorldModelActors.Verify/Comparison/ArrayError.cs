using System.Runtime.InteropServices;

namespace WorldModelActors.Verify;

/// <summary>How far two tensors of one shape are apart, in float64.</summary>
/// <param name="MaximumAbsolute">Largest absolute difference.</param>
/// <param name="RelativeL2">‖actual - expected‖ / ‖expected‖; the largest absolute difference where expected is all zeros.</param>
internal readonly record struct ArrayError(double MaximumAbsolute, double RelativeL2)
{
    /// <summary>Equal infinities (additive masks) differ by nothing; any other value that is not finite is infinitely wrong.</summary>
    public static ArrayError Of(Tensor actual, Tensor expected)
    {
        using var scope = NewDisposeScope();
        var a = Doubles(actual);
        var b = Doubles(expected);
        double worst = 0, squares = 0, norm = 0;
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i].Equals(b[i]) && !double.IsNaN(a[i]))
            {
                norm += double.IsFinite(b[i]) ? b[i] * b[i] : 0;
                continue;
            }

            var difference = Math.Abs(a[i] - b[i]);
            if (!double.IsFinite(difference))
            {
                return new ArrayError(double.PositiveInfinity, double.PositiveInfinity);
            }

            worst = Math.Max(worst, difference);
            squares += difference * difference;
            norm += b[i] * b[i];
        }

        return new ArrayError(worst, norm > 0 ? Math.Sqrt(squares / norm) : worst);
    }

    private static ReadOnlySpan<double> Doubles(Tensor tensor) =>
        MemoryMarshal.Cast<byte, double>(tensor.cpu().@double().contiguous().bytes);
}

namespace WorldModelActors.Benchmarks;

/// <summary>Arithmetic of one evaluation of the full-size backbone.</summary>
internal static class UNetFlops
{
    /// <summary>
    /// 10^12 floating-point operations (a multiply-add counts two) of world_model_interaction at 16 frames of 40 x 64 latents with both
    /// heads, counted on the reference implementation (issue 5). A head is a thousandth of it.
    /// </summary>
    public const double Teraflops = 13.34;
}

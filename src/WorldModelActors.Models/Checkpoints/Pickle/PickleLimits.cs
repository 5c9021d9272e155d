namespace WorldModelActors.Models;

/// <summary>
/// What a pickle may cost at most. The full-size model with all its optimizer state needs about a tenth of each; together
/// they keep the memory that a hostile pickle can claim below some hundred megabytes.
/// </summary>
internal sealed record PickleLimits
{
    public static readonly PickleLimits Default = new();

    /// <summary>Bytes of one pickle (tensor data is not part of it).</summary>
    public int Bytes { get; init; } = 32 << 20;

    /// <summary>Opcodes of one pickle.</summary>
    public int Opcodes { get; init; } = 4_000_000;

    /// <summary>Objects on the machine's stack at once.</summary>
    public int Stack { get; init; } = 1_000_000;

    /// <summary>Bytes of one whole number.</summary>
    public int IntegerBytes { get; init; } = 256;
}

namespace WorldModelActors.Torch;

/// <summary>
/// How a file stores the numbers of a tensor (little endian). Wider than libtorch's scalar types: a file may hold types
/// that the installed libtorch cannot compute with, and inspecting or copying it must still work.
/// </summary>
public enum ElementType
{
    Bool,
    UInt8,
    Int8,
    UInt16,
    Int16,
    Float16,
    BFloat16,
    UInt32,
    Int32,
    Float32,
    UInt64,
    Int64,
    Float64,
    Float8E4M3,
    Float8E5M2,
    Complex64,
}

/// <summary>Sizes, names and exact conversions of <see cref="ElementType"/>.</summary>
public static class ElementTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Bool or ElementType.UInt8 or ElementType.Int8 or ElementType.Float8E4M3 or ElementType.Float8E5M2 => 1,
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 2,
        ElementType.UInt32 or ElementType.Int32 or ElementType.Float32 => 4,
        ElementType.UInt64 or ElementType.Int64 or ElementType.Float64 or ElementType.Complex64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>Whether the elements are real floating-point numbers.</summary>
    public static bool IsFloatingPoint(this ElementType type) => type is ElementType.Float16 or ElementType.BFloat16
        or ElementType.Float32 or ElementType.Float64 or ElementType.Float8E4M3 or ElementType.Float8E5M2;

    /// <summary>The name in a safetensors header, e.g. <c>BF16</c>.</summary>
    public static string SafetensorsName(this ElementType type) => type switch
    {
        ElementType.Bool => "BOOL",
        ElementType.UInt8 => "U8",
        ElementType.Int8 => "I8",
        ElementType.UInt16 => "U16",
        ElementType.Int16 => "I16",
        ElementType.Float16 => "F16",
        ElementType.BFloat16 => "BF16",
        ElementType.UInt32 => "U32",
        ElementType.Int32 => "I32",
        ElementType.Float32 => "F32",
        ElementType.UInt64 => "U64",
        ElementType.Int64 => "I64",
        ElementType.Float64 => "F64",
        ElementType.Float8E4M3 => "F8_E4M3",
        ElementType.Float8E5M2 => "F8_E5M2",
        ElementType.Complex64 => "C64",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>PyTorch's name, e.g. <c>bfloat16</c>.</summary>
    public static string TorchName(this ElementType type) => type switch
    {
        ElementType.Float8E4M3 => "float8_e4m3fn",
        ElementType.Float8E5M2 => "float8_e5m2",
        _ => type.ToString().ToLowerInvariant(),
    };

    /// <summary>The type of a safetensors header's dtype name; null where it is unknown.</summary>
    public static ElementType? FromSafetensorsName(string name) => name switch
    {
        "BOOL" => ElementType.Bool,
        "U8" => ElementType.UInt8,
        "I8" => ElementType.Int8,
        "U16" => ElementType.UInt16,
        "I16" => ElementType.Int16,
        "F16" => ElementType.Float16,
        "BF16" => ElementType.BFloat16,
        "U32" => ElementType.UInt32,
        "I32" => ElementType.Int32,
        "F32" => ElementType.Float32,
        "U64" => ElementType.UInt64,
        "I64" => ElementType.Int64,
        "F64" => ElementType.Float64,
        "F8_E4M3" => ElementType.Float8E4M3,
        "F8_E5M2" => ElementType.Float8E5M2,
        "C64" => ElementType.Complex64,
        _ => null,
    };
}

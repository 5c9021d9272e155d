using System.Runtime.InteropServices;

namespace WorldModelActors.Torch;

/// <summary>
/// One boxed argument or result of an operator: mirror of WmaValue (16 bytes). List arguments point to memory that the
/// caller keeps fixed during the call.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal readonly unsafe struct Arg
{
    [FieldOffset(0)] public readonly ArgTag Tag;
    [FieldOffset(4)] public readonly int Extra;
    [FieldOffset(8)] public readonly long Int;
    [FieldOffset(8)] public readonly double Double;
    [FieldOffset(8)] public readonly nint Pointer;

    private Arg(ArgTag tag, long value, int extra = 0)
    {
        Tag = tag;
        Extra = extra;
        Int = value;
    }

    private Arg(double value)
    {
        Tag = ArgTag.Double;
        Double = value;
    }

    public static Arg None => default;

    /// <summary>Whatever the operator's schema says.</summary>
    public static Arg Default => new(ArgTag.Default, 0);

    public static Arg Ints(long* p, int count) => new(ArgTag.IntList, (nint)p, count);

    public static Arg Doubles(double* p, int count) => new(ArgTag.DoubleList, (nint)p, count);

    public static Arg Tensors(nint* p, int count) => new(ArgTag.TensorList, (nint)p, count);

    public static Arg OptionalTensors(nint* p, int count) => new(ArgTag.OptionalTensorList, (nint)p, count);

    public static Arg String(byte* p, int count) => new(ArgTag.String, (nint)p, count);

    /// <summary>A number in the place of a tensor argument, which follows the first argument's type as numbers do.</summary>
    public static Arg Number(Scalar value) =>
        new(ArgTag.Number, value.IsFloatingPoint ? BitConverter.DoubleToInt64Bits(value.AsDouble) : value.AsInt64, value.IsFloatingPoint ? 1 : 0);

    public static Arg Int64(long value) => new(ArgTag.Int, value);

    public static implicit operator Arg(Tensor? tensor) => tensor is null ? None : new(ArgTag.Tensor, tensor.Handle);

    public static implicit operator Arg(long value) => new(ArgTag.Int, value);

    public static implicit operator Arg(int value) => new(ArgTag.Int, value);

    public static implicit operator Arg(bool value) => new(ArgTag.Bool, value ? 1 : 0);

    public static implicit operator Arg(double value) => new(value);

    public static implicit operator Arg(Scalar value) => value.IsFloatingPoint ? new(value.AsDouble) : new(ArgTag.Int, value.AsInt64);

    public static implicit operator Arg(ScalarType? value) => value is { } v ? new(ArgTag.Int, (long)v) : None;

    public static implicit operator Arg(Device? device) => device is null ? None : new(ArgTag.Device, device.Packed);

    public static implicit operator Arg(Generator? generator) => generator is null ? None : new(ArgTag.Generator, generator.Handle);
}

internal enum ArgTag
{
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    IntList = 5,
    TensorList = 6,
    String = 7,
    Device = 8,
    DoubleList = 9,
    OptionalTensorList = 10,
    Generator = 11,
    Default = 12,
    Number = 13,
}

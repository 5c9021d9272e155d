using System.Reflection;

namespace WorldModelActors.Engine.Akka;

/// <summary>Simple values, enums (as their numbers), and arrays of them.</summary>
internal static class WireValue
{
    private static readonly HashSet<Type> Simple = [.. WireFilter.Simple];
    private static readonly NullabilityInfoContext Nullability = new();
    private static readonly Lock NullabilityGate = new();

    public static bool IsFlat(Type type) => IsSimple(type) || (type.IsSZArray && IsSimple(type.GetElementType()!));

    public static object? ToWire(object? value, Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return value is not null && plain.IsEnum ? Convert.ToInt64(value, null)
            : value is Array array && type.GetElementType()!.IsEnum ? array.Cast<object>().Select(element => Convert.ToInt64(element, null)).ToArray()
            : value;
    }

    /// <exception cref="WireException">The value is not of the parameter's type.</exception>
    public static object? FromWire(object? value, ParameterInfo parameter, string message)
    {
        var type = parameter.ParameterType;
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return value switch
        {
            null when MayBeNull(parameter) => null,
            long number when plain.IsEnum => EnumOf(plain, number, parameter, message),
            long[] numbers when type.IsSZArray && type.GetElementType()!.IsEnum => EnumsOf(type.GetElementType()!, numbers, parameter, message),
            not null when !plain.IsEnum && value.GetType() == plain => value,
            _ => throw new WireException($"{message}.{parameter.Name} is no {value?.GetType().Name ?? "null"}"),
        };
    }

    private static bool IsSimple(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum || Simple.Contains(plain);
    }

    private static bool MayBeNull(ParameterInfo parameter)
    {
        lock (NullabilityGate)
        {
            return Nullability.Create(parameter).WriteState == NullabilityState.Nullable;
        }
    }

    private static Array EnumsOf(Type type, long[] numbers, ParameterInfo parameter, string message)
    {
        var values = Array.CreateInstance(type, numbers.Length);
        for (var i = 0; i < numbers.Length; i++)
        {
            values.SetValue(EnumOf(type, numbers[i], parameter, message), i);
        }

        return values;
    }

    /// <summary>A number that this version has no name for is refused: nobody would know what to do with it.</summary>
    private static object EnumOf(Type type, long number, ParameterInfo parameter, string message)
    {
        object value;
        try
        {
            value = Enum.ToObject(type, Convert.ChangeType(number, Enum.GetUnderlyingType(type), null));
        }
        catch (OverflowException)
        {
            throw new WireException($"{message}.{parameter.Name} is no {number}");
        }

        return Enum.IsDefined(type, value) ? value : throw new WireException($"{message}.{parameter.Name} is no {number}");
    }
}

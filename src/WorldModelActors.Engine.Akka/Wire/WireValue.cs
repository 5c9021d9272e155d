using System.Globalization;
using System.Reflection;

namespace WorldModelActors.Engine.Akka;

/// <summary>One value of a message: simple, an enum (its number), or an array of these.</summary>
internal static class WireValue
{
    /// <summary>In the place of an array's length.</summary>
    private const long Null = -2;
    private const long Single = -1;

    private static readonly HashSet<Type> Simple =
    [
        typeof(bool), typeof(byte), typeof(short), typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal), typeof(char),
        typeof(string), typeof(Guid), typeof(DateTimeOffset), typeof(TimeSpan),
    ];

    public static bool IsFlat(Type type) => IsSimple(type) || (type.IsSZArray && IsSimple(type.GetElementType()!));

    public static void Write(WireWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.Write(Null);
                break;
            case byte[] blob when value.GetType() == typeof(byte[]):
                // The runtime takes an array of enums over bytes for one of bytes too.
                writer.Write(Single);
                writer.Write(blob);
                break;
            case Array array:
                writer.Write((long)array.Length);
                foreach (var element in array)
                {
                    writer.Write(ToWire(element ?? throw new WireException("an array on the wire has no null in it")));
                }

                break;
            default:
                writer.Write(Single);
                writer.Write(ToWire(value));
                break;
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote: null, a value, or an array of values, all in the wire's types.</summary>
    public static object? Read(WireReader reader)
    {
        var length = reader.Read<long>();
        if (length == Null)
        {
            return null;
        }

        if (length == Single)
        {
            return reader.ReadAny();
        }

        // Grows with what is really there, not with what is claimed.
        var values = new List<object>();
        for (var i = 0L; i < length; i++)
        {
            values.Add(reader.ReadAny());
        }

        return length >= 0 ? values.ToArray() : throw new WireException($"an array of {length} values");
    }

    /// <exception cref="WireException">The value is not of the parameter's type.</exception>
    public static object? ToParameter(object? value, WireParameter parameter)
    {
        if (value is null)
        {
            return parameter.MayBeNull ? null : throw parameter.Refuse("null");
        }

        var type = Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type;
        if (type == typeof(byte[]))
        {
            return value as byte[] ?? throw parameter.Refuse(value.GetType().Name);
        }

        if (!type.IsSZArray)
        {
            return FromWire(value, type) ?? throw parameter.Refuse(Describe(value));
        }

        if (value is not object[] elements)
        {
            throw parameter.Refuse(value.GetType().Name);
        }

        var array = Array.CreateInstance(type.GetElementType()!, elements.Length);
        for (var i = 0; i < elements.Length; i++)
        {
            array.SetValue(FromWire(elements[i], type.GetElementType()!) ?? throw parameter.Refuse(Describe(elements[i])), i);
        }

        return array;
    }

    private static bool IsSimple(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum || Simple.Contains(plain);
    }

    private static object ToWire(object value) => value switch
    {
        Enum number => Convert.ToInt64(number, CultureInfo.InvariantCulture),
        byte or short or int => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        char letter => (long)letter,
        float fraction => (double)fraction,
        decimal amount => amount.ToString(CultureInfo.InvariantCulture),
        Guid id => id.ToByteArray(),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        TimeSpan time => time.Ticks,
        _ => value,
    };

    /// <summary>Null if the value is not of the type.</summary>
    private static object? FromWire(object value, Type type) => value switch
    {
        bool or double or long or string when value.GetType() == type => value,
        long number when type.IsEnum => EnumOf(type, number),
        long number when type == typeof(byte) && number is >= byte.MinValue and <= byte.MaxValue => (byte)number,
        long number when type == typeof(short) && number is >= short.MinValue and <= short.MaxValue => (short)number,
        long number when type == typeof(int) && number is >= int.MinValue and <= int.MaxValue => (int)number,
        long number when type == typeof(char) && number is >= char.MinValue and <= char.MaxValue => (char)number,
        long ticks when type == typeof(TimeSpan) => TimeSpan.FromTicks(ticks),
        double fraction when type == typeof(float) => (float)fraction,
        string text when type == typeof(decimal) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) => amount,
        string text when type == typeof(DateTimeOffset)
            && DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) => time,
        byte[] { Length: 16 } id when type == typeof(Guid) => new Guid(id),
        _ => null,
    };

    /// <summary>A number that this version has no name for is refused: nobody would know what to do with it.</summary>
    private static object? EnumOf(Type type, long number)
    {
        try
        {
            var value = Enum.ToObject(type, Convert.ChangeType(number, Enum.GetUnderlyingType(type), CultureInfo.InvariantCulture));
            return Enum.IsDefined(type, value) ? value : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static string Describe(object value) => value is long number ? number.ToString(CultureInfo.InvariantCulture) : value.GetType().Name;
}

/// <summary>One member of a message type.</summary>
internal sealed class WireParameter(string message, ParameterInfo parameter, PropertyInfo property)
{
    public string Name => property.Name;

    public Type Type => parameter.ParameterType;

    public bool MayBeNull { get; } = new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;

    public object? ValueIn(object message) => property.GetValue(message);

    /// <summary>For a sender that does not know it.</summary>
    /// <exception cref="WireException">It has no default.</exception>
    public object? Default => parameter.HasDefaultValue ? parameter.DefaultValue : throw new WireException($"{message} came without {Name}");

    public WireException Refuse(string what) => new($"{message}.{Name} is no {what}");
}

using System.Reflection;
using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Engine.Akka.Tests;

/// <summary>What may cross a wire comes out as it went in, whatever it holds.</summary>
public class WireRoundTripTests
{
    private static readonly WireSerializer Serializer = new(null, new WireTypes(typeof(Everything), typeof(Handle), typeof(Begin)));

    [Fact]
    public void EveryKindOfMemberComesBack() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(
            Messages(typeof(Everything)),
            message =>
            {
                var (sent, got) = ((Everything)message, (Everything)Back(message));
                return sent.Names.SequenceEqual(got.Names) && sent.Numbers.SequenceEqual(got.Numbers) && sent.Bytes.SequenceEqual(got.Bytes)
                    && sent.Floats.SequenceEqual(got.Floats) && sent.Phases.SequenceEqual(got.Phases)
                    && sent == got with { Names = sent.Names, Numbers = sent.Numbers, Floats = sent.Floats, Bytes = sent.Bytes, Phases = sent.Phases };
            }));

    [Fact]
    public void HandlesComeBack() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Messages(typeof(Handle)), message => message.Equals(Back(message))));

    [Fact]
    public void ACommandWithoutMembersComesBack() => Assert.Equal(new Begin(), Back(new Begin()));

    [Fact]
    public void WhatIsTooLongStaysHere()
    {
        var message = new Handle("cpu", 1, new string('x', WireSerializer.MaxBytes), Phase.Policy);
        Assert.Contains("too long", Assert.Throws<WireException>(() => Serializer.ToBinary(message)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNotOnTheListStaysHere()
    {
        foreach (var message in (object[])[new Version1.Progress("a", 1), "text", 5, new InvalidOperationException("x"), (Func<int>)(() => 1), new object()])
        {
            Assert.Contains("not on the list", Assert.Throws<WireException>(() => Serializer.ToBinary(message)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(typeof(NotFlat.AnyObject))]
    [InlineData(typeof(NotFlat.Function))]
    [InlineData(typeof(NotFlat.Itself))]
    [InlineData(typeof(NotFlat.AType))]
    [InlineData(typeof(NotFlat.Error))]
    [InlineData(typeof(NotFlat.Nested))]
    [InlineData(typeof(NotFlat.Generic<int>))]
    [InlineData(typeof(NotFlat.Open))]
    [InlineData(typeof(NotFlat.Tensor))]
    [InlineData(typeof(global::System.Diagnostics.Process))]
    [InlineData(typeof(global::System.IO.FileInfo))]
    [InlineData(typeof(Action))]
    public void WhatIsNotFlatCannotBeListed(Type type) => Assert.Throws<WireException>(() => new WireTypes(type));

    private static object Back(object message) => Serializer.FromBinary(Serializer.ToBinary(message), null!);

    /// <summary>Any message of the type: values for each parameter of its constructor.</summary>
    private static Arbitrary<object> Messages(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(candidate => candidate.GetParameters().Length)!;
        var members = constructor.GetParameters().Select(ValueOf).ToArray();
        return Gen.CollectToArray(members, member => member).Select(constructor.Invoke).ToArbitrary();
    }

    private static Gen<object> ValueOf(ParameterInfo parameter)
    {
        var value = ValueOf(parameter.ParameterType);
        return new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable
            ? Gen.Frequency((1, Gen.Constant<object>(null!)), (4, value))
            : value;
    }

    private static Gen<object> ValueOf(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsSZArray)
        {
            var element = plain.GetElementType()!;
            return Gen.ListOf(ValueOf(element)).Select(values =>
            {
                var array = Array.CreateInstance(element, values.Count);
                for (var i = 0; i < values.Count; i++)
                {
                    array.SetValue(values[i], i);
                }

                return (object)array;
            });
        }

        return plain.IsEnum ? Gen.Elements([.. Enum.GetValues(plain).Cast<object>()])
            : plain == typeof(string) ? Boxed<NonNull<string>>().Select(text => (object)((NonNull<string>)text).Get)
            : plain == typeof(bool) ? Boxed<bool>()
            : plain == typeof(byte) ? Boxed<byte>()
            : plain == typeof(short) ? Boxed<short>()
            : plain == typeof(int) ? Boxed<int>()
            : plain == typeof(long) ? Boxed<long>()
            : plain == typeof(float) ? Boxed<float>()
            : plain == typeof(double) ? Boxed<double>()
            : plain == typeof(decimal) ? Boxed<decimal>()
            : plain == typeof(char) ? Boxed<char>()
            : plain == typeof(Guid) ? Boxed<Guid>()
            : plain == typeof(DateTimeOffset) ? Boxed<DateTimeOffset>()
            : plain == typeof(TimeSpan) ? Boxed<TimeSpan>()
            : throw new ArgumentException(plain.ToString());
    }

    private static Gen<object> Boxed<T>() => ArbMap.Default.GeneratorFor<T>().Select(value => (object)value!);
}

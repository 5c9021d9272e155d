namespace WorldModelActors.Engine.Akka.Tests;

public enum Phase : byte
{
    Policy = 1,
    World = 200,
}

/// <summary>Every kind of member that a message may have.</summary>
public sealed record Everything(
    bool Flag,
    byte Byte,
    short Short,
    int Int,
    long Long,
    float Float,
    double Double,
    decimal Decimal,
    char Char,
    string Text,
    string? Optional,
    Guid Guid,
    DateTimeOffset When,
    TimeSpan Took,
    Phase Phase,
    int? Number,
    Phase? Maybe,
    string[] Names,
    long[] Numbers,
    float[] Floats,
    byte[] Bytes,
    Phase[] Phases);

/// <summary>A handle, as the rooms above have them.</summary>
public readonly record struct Handle(string Device, long Id, string Shape, Phase Dtype);

/// <summary>A command without members.</summary>
public sealed record Begin;

/// <summary>The same message in two versions: the second has one member more, with a default, and two have changed places.</summary>
public static class Version1
{
    public sealed record Progress(string Episode, long Epoch);
}

public static class Version2
{
    public sealed record Progress(long Epoch, string Episode, string Node = "unknown", int? Iteration = null);
}

public static class Version3
{
    public sealed record Progress(string Episode, long Epoch, string Mandatory);
}

/// <summary>Not flat, each for another reason.</summary>
public static class NotFlat
{
    public sealed record AnyObject(object Value);

    public sealed record Function(Func<int> Value);

    public sealed class Itself(Itself? value)
    {
        public Itself? Value { get; } = value;
    }

    public sealed record AType(Type Value);

    public sealed record Error(Exception Value);

    public sealed record Nested(Handle[][] Value);

    public sealed record Generic<T>(T Value);

    public record Open(int Value);

    public sealed record Tensor(float[,] Value);
}

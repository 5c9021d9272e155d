using Hyperion;

namespace WorldModelActors.Engine.Akka;

/// <summary>The types that Hyperion itself may name: the record, and arrays of simple values. Messages are chosen by <see cref="WireTypes"/>.</summary>
internal sealed class WireFilter : ITypeFilter
{
    public static IReadOnlyList<Type> Simple { get; } =
    [
        typeof(bool), typeof(byte), typeof(short), typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal), typeof(char),
        typeof(string), typeof(Guid), typeof(DateTimeOffset), typeof(TimeSpan),
    ];

    private static readonly HashSet<string> Names = new(
        Simple.Append(typeof(object)).SelectMany(type => new[] { type, type.MakeArrayType() }).Append(typeof(WireRecord)).Select(ShortName),
        StringComparer.Ordinal);

    public static WireFilter Instance { get; } = new();

    /// <summary>Hyperion asks with and without the versions of assemblies, and calls the core library by a mark of its own.</summary>
    public bool IsAllowed(string typeName) => Names.Contains(ShortName(typeName));

    private static string ShortName(Type type) => ShortName(type.AssemblyQualifiedName!);

    private static string ShortName(string name)
    {
        var parts = name.Split(',', 3, StringSplitOptions.TrimEntries);
        var assembly = parts.Length < 2 || parts[1] is "%core%" or "System.Private.CoreLib" or "System.Private.CoreLib%core%" ? "core" : parts[1];
        return parts[0] + "," + assembly;
    }
}

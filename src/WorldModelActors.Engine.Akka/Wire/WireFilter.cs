using Hyperion;

namespace WorldModelActors.Engine.Akka;

/// <summary>
/// The types that Hyperion writes: simple values, of which messages consist. Which message they stand for is chosen by <see cref="WireTypes"/>, never
/// by Hyperion.
/// </summary>
internal sealed class WireFilter : ITypeFilter
{
    private static readonly HashSet<string> Names = new(
        new[] { typeof(bool), typeof(long), typeof(double), typeof(string), typeof(byte[]) }.Select(type => type.AssemblyQualifiedName!), StringComparer.Ordinal);

    public static WireFilter Instance { get; } = new();

    public bool IsAllowed(string typeName) => Names.Contains(typeName);
}

using System.Collections.Frozen;

namespace WorldModelActors.Engine.Akka;

/// <summary>
/// The messages that may cross a wire: exactly those that settings list. A message is flat: simple values, enums, and arrays of them; nothing that
/// names a type, so nothing that a sender could choose.
/// </summary>
public sealed class WireTypes
{
    private readonly FrozenDictionary<string, WireType> _byName;
    private readonly FrozenDictionary<Type, WireType> _byType;

    /// <summary>The list of these types.</summary>
    /// <exception cref="WireException">A type is not flat, or two share a name.</exception>
    public WireTypes(params IEnumerable<Type> types)
    {
        ArgumentNullException.ThrowIfNull(types);
        var all = types.Distinct().Select(type => new WireType(type)).ToArray();
        var twice = all.GroupBy(type => type.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new WireException($"two wire types are called '{twice.Key}'");
        }

        _byName = all.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);
        _byType = all.ToFrozenDictionary(type => type.Type);
    }

    /// <summary>What is on the list.</summary>
    public IEnumerable<Type> All => _byType.Keys;

    /// <summary>Reads names such as <c>WorldModelActors.Rollout.LatentHandle, WorldModelActors.Rollout</c>.</summary>
    /// <exception cref="WireException">There is no such type, or it is not flat.</exception>
    public static WireTypes Named(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new WireTypes(names.Select(name =>
            Type.GetType(name, throwOnError: false) ?? throw new WireException($"there is no type '{name}': correct allowed-types")));
    }

    internal WireType this[string name] => _byName.TryGetValue(name, out var type)
        ? type
        : throw new WireException($"'{Shorten(name)}' is not on the list of wire types");

    internal WireType this[Type type] => _byType.TryGetValue(type, out var wireType)
        ? wireType
        : throw new WireException($"{type} is not on the list of wire types: it stays in its process");

    private static string Shorten(string name) => name.Length <= 200 ? name : name[..200] + " ...";
}

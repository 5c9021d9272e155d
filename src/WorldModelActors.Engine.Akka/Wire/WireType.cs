using System.Reflection;

namespace WorldModelActors.Engine.Akka;

/// <summary>One message type of the wire: its members are the parameters of its constructor.</summary>
internal sealed class WireType
{
    private readonly ConstructorInfo? _constructor;
    private readonly WireParameter[] _members;

    public WireType(Type type)
    {
        Type = type;
        if (type.IsAbstract || type.IsGenericType || type.IsPointer || type is { IsClass: true, IsSealed: false } || typeof(Delegate).IsAssignableFrom(type))
        {
            throw new WireException($"{type} cannot be a wire type: it must be a sealed class or a struct without type parameters");
        }

        // The copy constructor of a record takes the record itself.
        _constructor = type.GetConstructors()
            .Where(candidate => candidate.GetParameters() is not [{ ParameterType: var only }] || only != type)
            .OrderByDescending(candidate => candidate.GetParameters().Length)
            .FirstOrDefault();
        if (_constructor is null && type.IsClass)
        {
            throw new WireException($"{type} cannot be a wire type: it has no public constructor");
        }

        _members = [.. (_constructor?.GetParameters() ?? []).Select(MemberOf)];
    }

    public Type Type { get; }

    public string Name => Type.FullName!;

    public void Write(WireWriter writer, object message)
    {
        writer.Write(Name);
        writer.Write((long)_members.Length);
        foreach (var member in _members)
        {
            writer.Write(member.Name);
            WireValue.Write(writer, member.ValueIn(message));
        }
    }

    /// <summary>Members that this version does not know are skipped; those that the sender did not know get their default, if they have one.</summary>
    public object Read(WireReader reader)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var count = reader.Read<long>(); count > 0; count--)
        {
            var name = reader.Read<string>();
            if (!values.TryAdd(name, WireValue.Read(reader)))
            {
                throw new WireException($"{Name}.{name} came twice");
            }
        }

        var arguments = _members
            .Select(member => values.TryGetValue(member.Name, out var value) ? WireValue.ToParameter(value, member) : member.Default)
            .ToArray();
        return _constructor is null ? Activator.CreateInstance(Type)! : _constructor.Invoke(arguments);
    }

    private WireParameter MemberOf(ParameterInfo parameter)
    {
        var property = Type.GetProperty(parameter.Name!, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
        if (property is null || property.PropertyType != parameter.ParameterType)
        {
            throw new WireException($"{Type} cannot be a wire type: {parameter.Name} is no property of it");
        }

        return WireValue.IsFlat(parameter.ParameterType)
            ? new WireParameter(Name, parameter, property)
            : throw new WireException($"{Type} cannot be a wire type: {parameter.Name} is a {parameter.ParameterType}, which is not flat");
    }
}

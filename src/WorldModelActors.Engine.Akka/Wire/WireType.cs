using System.Reflection;

namespace WorldModelActors.Engine.Akka;

/// <summary>One message type of the wire: its members are the parameters of its constructor.</summary>
internal sealed class WireType
{
    private readonly ConstructorInfo? _constructor;
    private readonly ParameterInfo[] _parameters;
    private readonly PropertyInfo[] _properties;
    private readonly string[] _members;

    public WireType(Type type)
    {
        Type = type;
        if (type.IsAbstract || type.IsGenericType || type is { IsClass: true, IsSealed: false })
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

        _parameters = _constructor?.GetParameters() ?? [];
        _properties = [.. _parameters.Select(PropertyOf)];
        _members = [.. _properties.Select(property => property.Name)];
    }

    public Type Type { get; }

    public string Name => Type.FullName!;

    public WireRecord ToRecord(object message) => new()
    {
        Name = Name,
        Members = _members,
        Values = [.. _properties.Select(property => WireValue.ToWire(property.GetValue(message), property.PropertyType))],
    };

    /// <summary>Members that this version does not know are skipped; those that the sender did not know get their default, if they have one.</summary>
    public object FromRecord(WireRecord record)
    {
        if (_constructor is null)
        {
            return Activator.CreateInstance(Type)!;
        }

        var arguments = new object?[_parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            var at = Array.IndexOf(record.Members, _members[i]);
            arguments[i] = at >= 0 ? WireValue.FromWire(record.Values[at], _parameters[i], Name)
                : _parameters[i].HasDefaultValue ? _parameters[i].DefaultValue
                : throw new WireException($"{Name} came without {_members[i]}");
        }

        return _constructor.Invoke(arguments);
    }

    private PropertyInfo PropertyOf(ParameterInfo parameter)
    {
        var property = Type.GetProperty(parameter.Name!, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
        if (property is null || property.PropertyType != parameter.ParameterType)
        {
            throw new WireException($"{Type} cannot be a wire type: {parameter.Name} is no property of it");
        }

        return WireValue.IsFlat(parameter.ParameterType)
            ? property
            : throw new WireException($"{Type} cannot be a wire type: {parameter.Name} is a {parameter.ParameterType}, which is not flat");
    }
}

using System.Reflection;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests.Operators;

/// <summary>The public calls of the room as text, e.g. <c>Tensor.add(Tensor, Scalar)</c>.</summary>
internal static class Signature
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> s_names = new()
    {
        [typeof(long)] = "long",
        [typeof(int)] = "int",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>Everything that a user can call on tensors, in torch and in torch.nn.functional.</summary>
    public static IEnumerable<string> All() =>
        new[] { (typeof(Tensor), "Tensor"), (typeof(torch), "torch"), (typeof(nn.functional), "F") }
            .SelectMany(t => t.Item1.GetMethods(Public).Where(IsCall).Select(m => $"{t.Item2}.{Of(m)}"));

    private static bool IsCall(MethodInfo method) =>
        method.GetBaseDefinition() == method
        && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal) || method.Name.EndsWith("_Item", StringComparison.Ordinal));

    private static string Of(MethodInfo method) =>
        $"{method.Name}({string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType)))})";

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Name(inner) + "?";
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        if (type.IsGenericType)
            return $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
        return s_names.GetValueOrDefault(type, type.Name);
    }
}

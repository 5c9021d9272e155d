using System.Diagnostics.CodeAnalysis;

namespace WorldModelActors.Engine;

/// <summary>
/// The place of an actor in its tree, for example <c>/node/device/0/denoiser</c>. Two paths are equal when their names are,
/// element by element; <c>/</c> is the root above the actors that the system itself spawned.
/// </summary>
public sealed class ActorPath : IEquatable<ActorPath>
{
    private readonly string _text;

    private ActorPath(ActorPath? parent, string name)
    {
        Parent = parent;
        Name = name;
        _text = parent is null ? "/" : parent.IsRoot ? "/" + name : parent._text + "/" + name;
    }

    /// <summary>The path <c>/</c>.</summary>
    public static ActorPath Root { get; } = new(null, string.Empty);

    /// <summary>The path of the parent, or null for the root.</summary>
    public ActorPath? Parent { get; }

    /// <summary>The last element; empty for the root.</summary>
    public string Name { get; }

    /// <summary>True for <c>/</c>.</summary>
    [MemberNotNullWhen(false, nameof(Parent))]
    public bool IsRoot => Parent is null;

    /// <summary>Number of elements: 0 for the root.</summary>
    public int Depth => IsRoot ? 0 : Parent.Depth + 1;

    /// <summary>The path of a child.</summary>
    /// <exception cref="ArgumentException">The name is empty or holds a character outside <c>A-Z a-z 0-9 - _ . $ ~ @ =</c>.</exception>
    public ActorPath Child(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!IsValidName(name))
        {
            throw new ArgumentException(
                $"'{name}' cannot name an actor: use one or more of A-Z a-z 0-9 - _ . $ ~ @ =", nameof(name));
        }

        return new ActorPath(this, name);
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">The text is no absolute actor path.</exception>
    public static ActorPath Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "/")
        {
            return Root;
        }

        if (!text.StartsWith('/'))
        {
            throw new FormatException($"'{text}' is no actor path: it must start with '/'");
        }

        var path = Root;
        foreach (var name in text[1..].Split('/'))
        {
            path = IsValidName(name)
                ? new ActorPath(path, name)
                : throw new FormatException($"'{text}' is no actor path: '{name}' cannot name an actor");
        }

        return path;
    }

    /// <summary>True when <paramref name="other"/> lies somewhere below this path.</summary>
    public bool IsAncestorOf(ActorPath other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var above = other.Parent; above is not null; above = above.Parent)
        {
            if (Equals(above))
            {
                return true;
            }
        }

        return false;
    }

    public bool Equals(ActorPath? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    public override string ToString() => _text;

    private static bool IsValidName(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '$' or '~' or '@' or '=');
}

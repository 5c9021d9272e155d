namespace WorldModelActors.Settings;

/// <summary>A value after all substitutions. Equality compares content, not origin; the order of keys does not matter.</summary>
public abstract class HoconValue : IEquatable<HoconValue>
{
    private protected HoconValue(HoconOrigin origin) => Origin = origin;

    /// <summary>Where it was written.</summary>
    public HoconOrigin Origin { get; }

    /// <summary>Short description for errors.</summary>
    internal abstract string Describe();

    public abstract bool Equals(HoconValue? other);

    public sealed override bool Equals(object? obj) => Equals(obj as HoconValue);

    public abstract override int GetHashCode();

    public sealed override string ToString() => HoconRenderer.Render(this);
}

/// <summary>Text, number or boolean, kept as text; or null.</summary>
public sealed class HoconScalar : HoconValue
{
    public HoconScalar(string text, HoconOrigin origin = default)
        : this(text, false, origin)
    {
    }

    internal HoconScalar(string text, bool isNull, HoconOrigin origin)
        : base(origin)
    {
        Text = text;
        IsNull = isNull;
    }

    /// <summary>A null; asking for it is asking for a value that is not set.</summary>
    public static HoconScalar Null { get; } = new("null", true, default);

    /// <summary>The text without quotes.</summary>
    public string Text { get; }

    /// <summary>True for an unquoted <c>null</c>.</summary>
    public bool IsNull { get; }

    public override bool Equals(HoconValue? other) => other is HoconScalar scalar && scalar.IsNull == IsNull && scalar.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    internal override string Describe() => IsNull ? "null" : Text.Length <= 60 ? $"'{Text}'" : $"'{Text[..60]}…'";
}

/// <summary>An array.</summary>
public sealed class HoconArray(IReadOnlyList<HoconValue> items, HoconOrigin origin = default) : HoconValue(origin)
{
    /// <summary>The values in order.</summary>
    public IReadOnlyList<HoconValue> Items { get; } = items;

    public override bool Equals(HoconValue? other) => other is HoconArray array && Items.SequenceEqual(array.Items);

    public override int GetHashCode() => Items.Aggregate(17, HashCode.Combine);

    internal override string Describe() => "an array";
}

/// <summary>An object.</summary>
public sealed class HoconObject(IReadOnlyDictionary<string, HoconValue> fields, HoconOrigin origin = default) : HoconValue(origin)
{
    /// <summary>The values by key.</summary>
    public IReadOnlyDictionary<string, HoconValue> Fields { get; } = fields;

    public override bool Equals(HoconValue? other) =>
        other is HoconObject it
        && it.Fields.Count == Fields.Count
        && Fields.All(field => it.Fields.TryGetValue(field.Key, out var value) && value.Equals(field.Value));

    public override int GetHashCode() =>
        Fields.Aggregate(17, (hash, field) => hash ^ HashCode.Combine(field.Key, field.Value));

    internal override string Describe() => "an object";
}

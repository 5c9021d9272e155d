namespace WorldModelActors.Models.Tests;

/// <summary>Weights without elements that record every declared key: the schema of a checkpoint of any size.</summary>
internal sealed class SchemaWeights : IWeights
{
    private readonly Dictionary<string, (long[] Shape, bool IsParameter)> _declared;

    public SchemaWeights()
        : this([], "")
    {
    }

    private SchemaWeights(Dictionary<string, (long[] Shape, bool IsParameter)> declared, string prefix)
    {
        _declared = declared;
        Prefix = prefix;
    }

    public string Prefix { get; }

    /// <summary>Every declared key; a key declared twice with another shape is an error.</summary>
    public IReadOnlyDictionary<string, (long[] Shape, bool IsParameter)> Declared => _declared;

    public Tensor Parameter(string name, params ReadOnlySpan<long> shape) => Declare(name, shape, isParameter: true);

    public Tensor Buffer(string name, params ReadOnlySpan<long> shape) => Declare(name, shape, isParameter: false);

    public void Unused(string name, ReadOnlySpan<long> shape, bool isBuffer = false)
        => _declared.Add(Prefix + name, (shape.ToArray(), !isBuffer));

    public void Repeated(string name, string earlier, ReadOnlySpan<long> shape) => Unused(earlier, shape, isBuffer: true);

    public IWeights Scope(string name) => new SchemaWeights(_declared, Prefix + name + ".");

    /// <summary>Numbers in the parameters whose key begins with a prefix.</summary>
    public long ParameterCount(string prefix = "")
        => _declared.Where(d => d.Value.IsParameter && d.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Sum(d => d.Value.Shape.Aggregate(1L, (product, size) => product * size));

    private Tensor Declare(string name, ReadOnlySpan<long> shape, bool isParameter)
    {
        _declared.Add(Prefix + name, (shape.ToArray(), isParameter));
        return empty(shape, device: META);
    }
}

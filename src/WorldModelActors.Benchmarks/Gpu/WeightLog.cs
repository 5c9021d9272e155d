using WorldModelActors.Models;

namespace WorldModelActors.Benchmarks;

/// <summary>Notes every tensor that a network asks for under the key that a checkpoint has it under.</summary>
internal sealed class WeightLog(IWeights below, SortedDictionary<string, Tensor> tensors) : IWeights
{
    /// <summary>By key; owned by the store below.</summary>
    public SortedDictionary<string, Tensor> Tensors => tensors;

    public string Prefix => below.Prefix;

    public Tensor Parameter(string name, params ReadOnlySpan<long> shape) => tensors[Prefix + name] = below.Parameter(name, shape);

    public Tensor Buffer(string name, params ReadOnlySpan<long> shape) => tensors[Prefix + name] = below.Buffer(name, shape);

    public void Unused(string name, ReadOnlySpan<long> shape, bool isBuffer = false) => below.Unused(name, shape, isBuffer);

    public void Repeated(string name, string earlier, ReadOnlySpan<long> shape) => below.Repeated(name, earlier, shape);

    public IWeights Scope(string name) => new WeightLog(below.Scope(name), tensors);
}

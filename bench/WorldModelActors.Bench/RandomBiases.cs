using WorldModelActors.Models;

namespace WorldModelActors.Bench;

/// <summary>
/// Random weights whose biases and norms are random too, so that a comparison of two implementations sees every one of them. Adds to
/// the tensors of the store below, once each.
/// </summary>
internal sealed class RandomBiases(IWeights below, HashSet<string> seen) : IWeights
{
    public string Prefix => below.Prefix;

    public Tensor Parameter(string name, params ReadOnlySpan<long> shape)
    {
        var parameter = below.Parameter(name, shape);
        if (shape.Length != 1 || !seen.Add(Prefix + name))
            return parameter;
        // The same for every element type: a seed from the name (FNV-1a).
        var random = new Random((int)(Prefix + name).Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619));
        var values = new float[shape[0]];
        for (var i = 0; i < values.Length; i++)
            values[i] = (random.NextSingle() - 0.5f) * 0.4f;
        using var scope = NewDisposeScope();
        parameter.add_(tensor(values, [values.Length]).to(parameter.device).to(parameter.dtype));
        return parameter;
    }

    public Tensor Buffer(string name, params ReadOnlySpan<long> shape) => below.Buffer(name, shape);

    public void Unused(string name, ReadOnlySpan<long> shape, bool isBuffer = false) => below.Unused(name, shape, isBuffer);

    public void Repeated(string name, string earlier, ReadOnlySpan<long> shape) => below.Repeated(name, earlier, shape);

    public IWeights Scope(string name) => new RandomBiases(below.Scope(name), seen);
}

namespace WorldModelActors.Models.Tests;

/// <summary>Weights whose vectors (biases and norms) are changed a little, each element another way.</summary>
internal sealed class BiasedWeights(IWeights below, HashSet<string>? seen = null) : IWeights
{
    private readonly HashSet<string> _seen = seen ?? [];

    public string Prefix => below.Prefix;

    public Tensor Parameter(string name, params ReadOnlySpan<long> shape)
    {
        var parameter = below.Parameter(name, shape);
        if (shape.Length == 1 && _seen.Add(Prefix + name))
        {
            using var scope = NewDisposeScope();
            var values = Enumerable.Range(0, (int)shape[0]).Select(i => 0.2f * MathF.Sin((1.7f * i) + name.Length)).ToArray();
            parameter.add_(tensor(values).to(parameter.device).to(parameter.dtype));
        }

        return parameter;
    }

    public Tensor Buffer(string name, params ReadOnlySpan<long> shape) => below.Buffer(name, shape);

    public void Unused(string name, ReadOnlySpan<long> shape, bool isBuffer = false) => below.Unused(name, shape, isBuffer);

    public void Repeated(string name, string earlier, ReadOnlySpan<long> shape) => below.Repeated(name, earlier, shape);

    public IWeights Scope(string name) => new BiasedWeights(below.Scope(name), _seen);
}

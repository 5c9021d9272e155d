namespace WorldModelActors.Models;

/// <summary>
/// Turns every key that a network asks for into an unused one: declares the key set of a network that a checkpoint carries
/// a copy of and that is never run. Hands out tensors without elements; build the network inside a dispose scope and let
/// it go.
/// </summary>
internal sealed class UnusedWeights(IWeights inner) : IWeights
{
    /// <inheritdoc/>
    public string Prefix => inner.Prefix;

    /// <inheritdoc/>
    public Tensor Parameter(string name, params ReadOnlySpan<long> shape)
    {
        inner.Unused(name, shape);
        return Placeholder(shape);
    }

    /// <inheritdoc/>
    public Tensor Buffer(string name, params ReadOnlySpan<long> shape)
    {
        inner.Unused(name, shape, isBuffer: true);
        return Placeholder(shape);
    }

    /// <inheritdoc/>
    public void Unused(string name, ReadOnlySpan<long> shape, bool isBuffer = false) => inner.Unused(name, shape, isBuffer);

    /// <inheritdoc/>
    public void Repeated(string name, string earlier, ReadOnlySpan<long> shape) => inner.Unused(earlier, shape, isBuffer: true);

    /// <inheritdoc/>
    public IWeights Scope(string name) => new UnusedWeights(inner.Scope(name));

    private static Tensor Placeholder(ReadOnlySpan<long> shape) => empty(shape.ToArray(), device: META);
}

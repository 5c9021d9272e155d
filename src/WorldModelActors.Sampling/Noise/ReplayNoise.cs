namespace WorldModelActors.Sampling;

/// <summary>Recorded noise, handed out in its recorded order: makes a run follow one that was made elsewhere.</summary>
public sealed class ReplayNoise : INoiseSource
{
    private readonly IReadOnlyList<Tensor> _recorded;
    private int _next;

    /// <param name="recorded">The draws in order. They stay the caller's and must outlive this object.</param>
    public ReplayNoise(IReadOnlyList<Tensor> recorded) => _recorded = recorded;

    /// <inheritdoc/>
    public bool IsSequential => true;

    /// <summary>Recorded draws that were not asked for yet.</summary>
    public int Remaining => _recorded.Count - _next;

    /// <inheritdoc/>
    /// <exception cref="SamplingException">Nothing is left, or the next recorded draw has another shape.</exception>
    public Tensor Draw(in NoiseKey key, ReadOnlySpan<long> shape, Device device)
    {
        if (_next == _recorded.Count)
        {
            throw new SamplingException(
                $"recorded noise is used up: {Describe(key)} asks for draw {_next + 1}, {_recorded.Count} were recorded");
        }

        var recorded = _recorded[_next];
        if (!shape.SequenceEqual(recorded.shape))
        {
            throw new SamplingException(
                $"recorded noise: draw {_next + 1} has shape [{string.Join(", ", recorded.shape)}], " +
                $"{Describe(key)} needs [{string.Join(", ", shape.ToArray())}]");
        }

        _next++;
        using var scope = NewDisposeScope();
        return recorded.to(ScalarType.Float32, device, copy: true).MoveToOuterDisposeScope();
    }

    private static string Describe(in NoiseKey key) =>
        $"episode {key.Episode}, iteration {key.Iteration}, {key.Phase} {key.Tensor} noise, step {key.Step},";
}

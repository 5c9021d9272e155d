namespace WorldModelActors.Models;

/// <summary>
/// Everything of a sample (or a batch of samples) that stays the same over the sampling steps: keys and values of every cross
/// attention, the embedded frame stride, the heads' observation features and, where given, the conditioning latent. It owns its
/// tensors, whatever dispose scopes are open.
/// </summary>
public sealed class UNetConditioning : IDisposable
{
    internal UNetConditioning(
        long batch,
        IReadOnlyList<SpatialContext> contexts,
        Tensor? strideEmbedding,
        Tensor? actionObservation,
        Tensor? stateObservation,
        Tensor? concatLatent)
    {
        Batch = batch;
        Contexts = contexts;
        StrideEmbedding = strideEmbedding;
        ActionObservation = actionObservation;
        StateObservation = stateObservation;
        ConcatLatent = concatLatent;
        foreach (var tensor in Tensors)
        {
            tensor.DetachFromDisposeScope();
        }
    }

    /// <summary>Samples B.</summary>
    public long Batch { get; }

    /// <summary>Heads whose observation features are here.</summary>
    public HeadSelection Heads =>
        (ActionObservation is null ? HeadSelection.None : HeadSelection.Action)
        | (StateObservation is null ? HeadSelection.None : HeadSelection.State);

    /// <summary>Bytes that the tensors take.</summary>
    public long Bytes => Tensors.Sum(t => t.numel() * t.element_size());

    /// <summary>One per spatial transformer, in the order of the backbone.</summary>
    internal IReadOnlyList<SpatialContext> Contexts { get; }

    /// <summary>fps_embedding(fs) [B, E]; null where the network has none.</summary>
    internal Tensor? StrideEmbedding { get; }

    /// <summary>[B, F].</summary>
    internal Tensor? ActionObservation { get; }

    /// <summary>[B, F].</summary>
    internal Tensor? StateObservation { get; }

    /// <summary>Conditioning latent [B, 4, T or 1, h, w].</summary>
    internal Tensor? ConcatLatent { get; }

    private IEnumerable<Tensor> Tensors => Contexts.SelectMany(c => c.Tensors)
        .Concat(new[] { StrideEmbedding, ActionObservation, StateObservation, ConcatLatent }.OfType<Tensor>());

    /// <summary>The samples of several conditionings, one after another, as one batch. The parts stay with their owners.</summary>
    /// <exception cref="ModelInputException">The parts have different context layouts or parts that others lack.</exception>
    public static UNetConditioning Cat(IReadOnlyList<UNetConditioning> parts)
    {
        var first = parts[0];
        if (!parts.All(first.Fits))
        {
            throw new ModelInputException("samples with different context layouts, heads or conditioning latents cannot share a batch");
        }

        using var scope = NewDisposeScope();
        Tensor? Joined(Func<UNetConditioning, Tensor?> pick) =>
            pick(first) is null ? null : cat([.. parts.Select(p => pick(p)!)], 0);

        return new UNetConditioning(
            parts.Sum(p => p.Batch),
            [.. first.Contexts.Select((_, i) => SpatialContext.Cat([.. parts.Select(p => p.Contexts[i])]))],
            Joined(p => p.StrideEmbedding),
            Joined(p => p.ActionObservation),
            Joined(p => p.StateObservation),
            Joined(p => p.ConcatLatent));
    }

    /// <summary>True when the two can stand in one batch.</summary>
    public bool Fits(UNetConditioning other) =>
        Heads == other.Heads
        && StrideEmbedding is null == other.StrideEmbedding is null
        && (ConcatLatent is null
            ? other.ConcatLatent is null
            : other.ConcatLatent is { } latent && ConcatLatent.shape.AsSpan(1).SequenceEqual(latent.shape.AsSpan(1)))
        && Contexts.Zip(other.Contexts).All(pair => pair.First.Fits(pair.Second));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
        {
            tensor.Dispose();
        }
    }
}

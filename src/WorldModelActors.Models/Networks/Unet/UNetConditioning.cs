namespace WorldModelActors.Models;

/// <summary>
/// Everything of a sample (or a batch of samples) that stays the same over the sampling steps: keys and values of every cross
/// attention, the embedded frame stride, the heads' observation features and, where given, the conditioning latent. It owns its
/// tensors, whatever dispose scopes are open.
/// </summary>
public sealed class UNetConditioning : IDisposable
{
    internal UNetConditioning(
        IReadOnlyList<HeadSelection> rowHeads,
        IReadOnlyList<SpatialContext> contexts,
        Tensor? strideEmbedding,
        Tensor? actionObservation,
        Tensor? stateObservation,
        Tensor? concatLatent)
    {
        RowHeads = rowHeads;
        Contexts = contexts;
        StrideEmbedding = strideEmbedding;
        ActionObservation = actionObservation;
        StateObservation = stateObservation;
        ConcatLatent = concatLatent;
        Layout = DescribeLayout();
        foreach (var tensor in Tensors)
        {
            tensor.DetachFromDisposeScope();
        }
    }

    /// <summary>Samples B.</summary>
    public long Batch => RowHeads.Count;

    /// <summary>Heads whose observation features are here for at least one sample.</summary>
    public HeadSelection Heads => RowHeads.Aggregate((all, heads) => all | heads);

    /// <summary>Heads whose observation features are here, for each of the B samples.</summary>
    public IReadOnlyList<HeadSelection> RowHeads { get; }

    /// <summary>
    /// Everything that must agree for samples to share a batch: element types and shapes of every part beside the batch axis. Which heads
    /// a sample reads is not part of it.
    /// </summary>
    public string Layout { get; }

    /// <summary>Bytes that the tensors take.</summary>
    public long Bytes => Tensors.Sum(t => t.numel() * t.element_size());

    /// <summary>One per spatial transformer, in the order of the backbone.</summary>
    internal IReadOnlyList<SpatialContext> Contexts { get; }

    /// <summary>fps_embedding(fs) [B, E]; null where the network has none.</summary>
    internal Tensor? StrideEmbedding { get; }

    /// <summary>[B', F], one row for each sample that has the action head's features.</summary>
    internal Tensor? ActionObservation { get; }

    /// <summary>[B', F], one row for each sample that has the state head's features.</summary>
    internal Tensor? StateObservation { get; }

    /// <summary>Conditioning latent [B, 4, T or 1, h, w].</summary>
    internal Tensor? ConcatLatent { get; }

    private IEnumerable<Tensor> Tensors => Contexts.SelectMany(c => c.Tensors)
        .Concat(new[] { StrideEmbedding, ActionObservation, StateObservation, ConcatLatent }.OfType<Tensor>());

    /// <summary>The samples of several conditionings, one after another, as one batch. The parts stay with their owners.</summary>
    /// <exception cref="ModelInputException">The parts have different layouts.</exception>
    public static UNetConditioning Cat(IReadOnlyList<UNetConditioning> parts)
    {
        var first = parts[0];
        if (!parts.All(first.Fits))
        {
            throw new ModelInputException("samples with different context layouts or conditioning latents cannot share a batch");
        }

        using var scope = NewDisposeScope();
        Tensor? Joined(Func<UNetConditioning, Tensor?> pick)
        {
            var present = parts.Select(pick).OfType<Tensor>().ToArray();
            return present.Length == 0 ? null : cat(present, 0);
        }

        return new UNetConditioning(
            [.. parts.SelectMany(p => p.RowHeads)],
            [.. first.Contexts.Select((_, i) => SpatialContext.Cat([.. parts.Select(p => p.Contexts[i])]))],
            Joined(p => p.StrideEmbedding),
            Joined(p => p.ActionObservation),
            Joined(p => p.StateObservation),
            Joined(p => p.ConcatLatent));
    }

    /// <summary>Room for the conditionings of several samples like this one, filled with copies of it; both heads have features.</summary>
    internal UNetConditioning Slots(int count)
    {
        using var scope = NewDisposeScope();
        Tensor Repeat(Tensor tensor)
        {
            var times = new long[tensor.dim()];
            Array.Fill(times, 1);
            times[0] = count;
            return tensor.repeat(times);
        }

        Tensor? Optional(Tensor? tensor) => tensor is null ? null : Repeat(tensor);
        var (action, state) = (ActionObservation ?? StateObservation, StateObservation ?? ActionObservation);
        return new UNetConditioning(
            [.. Enumerable.Repeat(HeadSelection.Both, count)],
            [.. Contexts.Select(c => c.Select(Repeat))],
            Optional(StrideEmbedding),
            Optional(action),
            Optional(state),
            Optional(ConcatLatent));
    }

    /// <summary>Copies this sample's values over those of a slot of <paramref name="slots"/>.</summary>
    internal void CopyTo(UNetConditioning slots, int slot)
    {
        using var scope = NewDisposeScope();
        void Copy(Tensor? from, Tensor? to)
        {
            if (from is not null)
            {
                to!.narrow(0, slot * from.size(0), from.size(0)).copy_(from);
            }
        }

        foreach (var (from, to) in Contexts.SelectMany(c => c.Tensors).Zip(slots.Contexts.SelectMany(c => c.Tensors)))
        {
            Copy(from, to);
        }

        Copy(StrideEmbedding, slots.StrideEmbedding);
        Copy(ActionObservation, slots.ActionObservation);
        Copy(StateObservation, slots.StateObservation);
        Copy(ConcatLatent, slots.ConcatLatent);
    }

    /// <summary>True when the two can stand in one batch.</summary>
    public bool Fits(UNetConditioning other) => Layout == other.Layout;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
        {
            tensor.Dispose();
        }
    }

    private string DescribeLayout()
    {
        static string Describe(Tensor? tensor) => tensor is null ? "-" : $"{tensor.dtype}[{string.Join(',', tensor.shape[1..])}]";
        return string.Join(
            ' ',
            Contexts.Select(c => c.Layout)
                .Append($"stride {Describe(StrideEmbedding)}")
                .Append($"concat {Describe(ConcatLatent)}"));
    }
}

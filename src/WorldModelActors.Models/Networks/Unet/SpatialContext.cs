namespace WorldModelActors.Models;

/// <summary>What one spatial transformer needs of the context: the branches of each of its blocks.</summary>
internal sealed record SpatialContext(IReadOnlyList<IReadOnlyList<AttentionBranch>> Blocks)
{
    /// <summary>Every tensor of the context.</summary>
    public IEnumerable<Tensor> Tensors => Blocks.SelectMany(b => b).SelectMany(b => b.Tensors);

    /// <summary>The contexts of several batches as that of one batch.</summary>
    public static SpatialContext Cat(IReadOnlyList<SpatialContext> contexts) => new(
        [.. contexts[0].Blocks.Select((branches, block) => (IReadOnlyList<AttentionBranch>)
            [.. branches.Select((_, branch) => AttentionBranch.Cat([.. contexts.Select(c => c.Blocks[block][branch])]))])]);

    /// <summary>True when the two can stand in one batch.</summary>
    public bool Fits(SpatialContext other) => Blocks.Zip(other.Blocks).All(pair =>
        pair.First.Count == pair.Second.Count && pair.First.Zip(pair.Second).All(b => b.First.Fits(b.Second)));
}

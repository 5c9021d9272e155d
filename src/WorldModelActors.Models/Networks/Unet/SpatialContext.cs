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

    /// <summary>The same context of other tensors.</summary>
    public SpatialContext Select(Func<Tensor, Tensor> other) => new(
        [.. Blocks.Select(branches => (IReadOnlyList<AttentionBranch>)
            [.. branches.Select(b => b with { Key = other(b.Key), Value = other(b.Value), Mask = b.Mask is null ? null : other(b.Mask) })])]);

    /// <summary>What must agree for two contexts to stand in one batch.</summary>
    public string Layout => string.Join(' ', Blocks.SelectMany(b => b).Select(b => b.Layout));
}

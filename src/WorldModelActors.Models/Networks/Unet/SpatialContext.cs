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

    /// <summary>What must agree for two contexts to stand in one batch.</summary>
    public string Layout => string.Join(' ', Blocks.SelectMany(b => b).Select(b => b.Layout));
}

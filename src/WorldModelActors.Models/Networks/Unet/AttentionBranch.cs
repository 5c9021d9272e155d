namespace WorldModelActors.Models;

/// <summary>
/// Keys and values of one branch of a cross attention, constant over the sampling steps.
/// </summary>
/// <param name="Key">[R, heads, L, d] with one row per sample (R = B) or per frame (R = B T).</param>
/// <param name="Value">As <paramref name="Key"/>.</param>
/// <param name="SharedByFrames">One row per sample.</param>
/// <param name="Mask">Additive mask [B T, 1, 1, L], or null.</param>
/// <param name="Seen">What the mask says in one number: frame t sees the first (t + 1) of so many keys; 0 without a mask.</param>
internal sealed record AttentionBranch(Tensor Key, Tensor Value, bool SharedByFrames, Tensor? Mask = null, long Seen = 0)
{
    /// <summary>The branches of several batches as those of one batch.</summary>
    public static AttentionBranch Cat(IReadOnlyList<AttentionBranch> branches) => new(
        cat([.. branches.Select(b => b.Key)], 0),
        cat([.. branches.Select(b => b.Value)], 0),
        branches[0].SharedByFrames,
        branches[0].Mask is null ? null : cat([.. branches.Select(b => b.Mask!)], 0),
        branches[0].Seen);

    /// <summary>What must agree for two branches to stand in one batch.</summary>
    public string Layout =>
        $"{(SharedByFrames ? "sample" : "frame")}{(Mask is null ? "" : "+mask")}:{Key.dtype}[{string.Join(',', Key.shape[1..])}]";

    /// <summary>Every tensor of the branch.</summary>
    public IEnumerable<Tensor> Tensors => Mask is null ? [Key, Value] : [Key, Value, Mask];
}

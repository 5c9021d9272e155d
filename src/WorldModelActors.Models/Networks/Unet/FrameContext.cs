namespace WorldModelActors.Models;

/// <summary>
/// The context tokens of every frame, <see cref="Tokens"/> [B T, L, D] (frame-folded, row b T + t), which knows the runs of tokens
/// that all frames of a sample share, so that their keys and values are computed and stored once per sample.
/// </summary>
internal sealed class FrameContext(Tensor tokens, params (long Start, Tensor Rows)[] shared)
{
    /// <summary>[B T, L, D].</summary>
    public Tensor Tokens { get; } = tokens;

    /// <summary>Tokens per frame L.</summary>
    public long Length => Tokens.size(1);

    /// <summary>
    /// Tokens start..start+length of every frame: [B, length, D] where all frames of a sample share them, else [B T, length, D].
    /// </summary>
    public (Tensor Rows, bool SharedByFrames) Slice(long start, long length)
    {
        foreach (var run in shared)
        {
            if (run.Start == start && run.Rows.size(1) == length)
            {
                return (run.Rows, true);
            }
        }

        return (Tokens.narrow(1, start, length), false);
    }
}

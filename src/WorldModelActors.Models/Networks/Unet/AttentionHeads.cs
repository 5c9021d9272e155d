namespace WorldModelActors.Models;

/// <summary>Views between token width and attention heads.</summary>
internal static class AttentionHeads
{
    /// <summary>[N, L, heads d] → [N, heads, L, d], a view.</summary>
    public static Tensor Split(Tensor tokens, int heads)
    {
        using var perHead = tokens.view(tokens.size(0), tokens.size(1), heads, tokens.size(2) / heads);
        return perHead.transpose(1, 2);
    }

    /// <summary>[N, heads, L, d] → [N, L, heads d].</summary>
    public static Tensor Merge(Tensor perHead)
    {
        using var tokens = perHead.transpose(1, 2);
        return tokens.reshape(perHead.size(0), perHead.size(2), perHead.size(1) * perHead.size(3));
    }
}

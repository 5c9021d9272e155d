namespace WorldModelActors.Rollout;

/// <summary>
/// Stands for a tensor in a device's <see cref="LatentStore"/>; this is what messages carry. A message that carries a handle
/// hands one reference over to the receiver, who must release it.
/// </summary>
/// <param name="Device">Name of the store, e.g. <c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="Id">Number in that device's store; never reused.</param>
/// <param name="Shape">Sizes, for checks and messages.</param>
/// <param name="Dtype">Element type.</param>
public readonly record struct LatentHandle(string Device, long Id, string Shape, ScalarType Dtype)
{
    public override string ToString() => $"{Device}#{Id} {Shape} {Dtype}";
}

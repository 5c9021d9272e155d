using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>
/// Stands for a tensor in a device's <see cref="LatentStore"/>; this is what messages carry. A message that carries a handle
/// hands one reference over to the receiver, who must release it.
/// </summary>
/// <param name="Device">The device, e.g. <c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="Id">Number in that device's store; never reused.</param>
/// <param name="Shape">Sizes, for checks and messages.</param>
/// <param name="Dtype">Element type.</param>
public readonly record struct LatentHandle(string Device, long Id, string Shape, ScalarType Dtype)
{
    public override string ToString() => $"{Device}#{Id} {Shape} {Dtype}";
}

/// <summary>Who answers for a handle: an episode.</summary>
/// <param name="Episode">Id of the episode.</param>
/// <param name="Made">Actor that put the tensor in.</param>
/// <param name="What">What it is, e.g. <c>world latent of iteration 3</c>.</param>
public sealed record LatentOrigin(string Episode, ActorPath Made, string What);

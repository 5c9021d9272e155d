using System.Globalization;
using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>Where a handle came from.</summary>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Made">Actor that put the tensor in.</param>
/// <param name="What">What it is, e.g. <c>world latent of iteration 3</c>.</param>
public sealed record LatentOrigin(LatentOwner Owner, ActorPath Made, string What)
{
    /// <summary>Id of the episode.</summary>
    public string Episode => Owner.Episode;

    /// <summary>Who holds it and for how long; only in reports of handles that nobody released.</summary>
    public LatentHolding? Holding { get; init; }

    /// <summary>One line for a leak report.</summary>
    public override string ToString() => $"episode {Owner.Episode}: {What}, made by {Made}" + (Holding is null ? "" : $", {Holding}");
}

/// <summary>Who holds a handle.</summary>
/// <param name="Holder">The actor that took a reference last.</param>
/// <param name="Message">The message with which it did.</param>
/// <param name="For">Since the tensor was put in.</param>
/// <param name="References">References that were not given back.</param>
/// <param name="Bytes">Size of the tensor.</param>
public sealed record LatentHolding(ActorPath Holder, string Message, TimeSpan For, int References, long Bytes)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"last held by {Holder} since {Message}, for {For.TotalSeconds:0.###} s ({References} references, {Bytes} bytes)");
}

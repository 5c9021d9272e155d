using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>A sweep: a named set of episodes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Spec">What it consists of.</param>
public sealed record SweepPlan(string Name, JsonObject Spec)
{
    /// <summary>The id: the same for the same name and content (32 hexadecimal digits).</summary>
    public string Id { get; } = CanonicalJson.Digest(new JsonObject { ["name"] = Name, ["spec"] = Spec.DeepClone() })[..32];

    /// <summary>The id of an episode of this sweep: the same for the same content (32 hexadecimal digits).</summary>
    public string IdOf(PlannedEpisode episode) => CanonicalJson.Digest(new JsonObject { ["sweep"] = Id, ["spec"] = episode.Spec.DeepClone() })[..32];
}

/// <summary>An episode of a plan.</summary>
/// <param name="Name">A name for people; need not be unique.</param>
/// <param name="Spec">Everything that decides what is run; with the sweep it gives the id.</param>
/// <param name="Iterations">Iterations that it consists of.</param>
public sealed record PlannedEpisode(string Name, JsonObject Spec, int Iterations)
{
    /// <summary>Higher ones are claimed first.</summary>
    public int Priority { get; init; }

    /// <summary>Bytes of device memory that it takes while it runs.</summary>
    public long Bytes { get; init; }
}

/// <summary>What planning did.</summary>
/// <param name="SweepId">The sweep.</param>
/// <param name="Added">Episodes that are new.</param>
/// <param name="Known">Episodes that were there already; nothing about them was changed.</param>
public sealed record PlanResult(string SweepId, int Added, int Known);

namespace WorldModelActors.Rollout;

/// <summary>
/// Who answers for handles: one incarnation of an episode. An episode that restarts does so as a new owner, so that an answer to its
/// dead predecessor cannot be taken for one of its own.
/// </summary>
/// <param name="Episode">Id of the episode.</param>
/// <param name="Incarnation">
/// Number that <see cref="LatentStore.OpenOwner"/> gave out, never twice; 0: no particular incarnation, for handles that are released
/// one by one.
/// </param>
public readonly record struct LatentOwner(string Episode, long Incarnation = 0)
{
    /// <summary>An owner without incarnation.</summary>
    public static implicit operator LatentOwner(string episode) => new(episode);

    public override string ToString() => Incarnation == 0 ? Episode : $"{Episode} ({Incarnation})";
}

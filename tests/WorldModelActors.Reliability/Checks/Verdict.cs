namespace WorldModelActors.Reliability;

/// <summary>What is left after a disturbed run.</summary>
/// <param name="Episodes">Episodes that were planned.</param>
/// <param name="Completed">Episodes that completed, once, with results.</param>
/// <param name="Cancelled">Episodes that were cancelled.</param>
/// <param name="Lost">Episodes that neither completed nor were cancelled.</param>
/// <param name="Doubled">Episodes that ended twice, or with a frame or an iteration twice.</param>
/// <param name="Equal">Completed episodes that are equal to the undisturbed run's to the bit.</param>
/// <param name="Violations">Everything that must not be, one line each.</param>
public sealed record Verdict(int Episodes, int Completed, int Cancelled, int Lost, int Doubled, int Equal, IReadOnlyList<string> Violations)
{
    public override string ToString() => Violations.Count == 0
        ? $"{Episodes} episodes, {Completed} completed, {Cancelled} cancelled, {Equal} equal to the bit"
        : string.Join('\n', Violations);
}

namespace WorldModelActors.Chaos;

/// <summary>A fault that was done.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When, by this machine's clock.</param>
/// <param name="Node">The life of the node that it was done to; null for the database.</param>
/// <param name="Held">Episodes that the node owned at that moment, with their epochs.</param>
/// <param name="Note">What exactly, one line.</param>
internal sealed record FaultRecord(FaultKind Kind, DateTimeOffset At, string? Node, IReadOnlyDictionary<string, long> Held, string Note);

namespace WorldModelActors.Rollout.Tests;

/// <summary>All that an episode leaves, to be compared bit by bit.</summary>
internal sealed record EpisodeRecord(string Frames, string Policy, string Actions, string States)
{
    public static EpisodeRecord Of(EpisodeResult result, MemorySink sink) => new(
        string.Join(' ', sink.Frames),
        string.Join(' ', sink.PolicyFrames),
        Bits(result.Actions),
        Bits(result.States));

    private static string Bits(float[] values) => Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
}

namespace WorldModelActors.Rollout;

/// <summary>How a <see cref="MicroBatchActor{TMessage, TRequest}"/> batches.</summary>
/// <param name="Rules">When it calls.</param>
/// <param name="Recorder">Is told what it does.</param>
/// <param name="Producers">Episodes that may send requests; when all of them wait, nothing more can come.</param>
/// <param name="Peaks">Memory of calls.</param>
internal sealed record BatchingSetup(MicroBatchRules Rules, LaneRecorder Recorder, Func<int> Producers, PeakMeter Peaks)
{
    /// <summary>Calls hold the items of one request only, divided in the same way always.</summary>
    public bool FixedCalls { get; init; }

    /// <summary>Most bytes at a call's peak.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>
    /// Requests of one episode that are held at most; more are refused. An episode's credits keep it below, so this bounds the damage
    /// of a defect.
    /// </summary>
    public int RequestsPerEpisode { get; init; } = int.MaxValue;

    /// <summary>The decoder of a node.</summary>
    public static BatchingSetup Decoder(RolloutOptions options, LaneRecorder recorder, Func<int> producers, PeakMeter peaks) =>
        For(options, options.Decoder, recorder, producers, peaks) with
        {
            // Of each iteration in flight and the one in hand: urgent frames, the others, the policy's.
            RequestsPerEpisode = (3 * (options.MaxIterationsInFlight + 1)) + options.MaxFramesInFlight,
        };

    /// <summary>The embedder of a node.</summary>
    public static BatchingSetup Embedder(RolloutOptions options, LaneRecorder recorder, Func<int> producers, PeakMeter peaks) =>
        For(options, options.Embedder, recorder, producers, peaks) with
        {
            // One observation at a time; a repeated request may overtake the answer to the first.
            RequestsPerEpisode = 2,
        };

    private static BatchingSetup For(RolloutOptions options, BatchOptions batch, LaneRecorder recorder, Func<int> producers, PeakMeter peaks) =>
        new(MicroBatchRules.For(options, batch), recorder, producers, peaks)
        {
            FixedCalls = options.Deterministic,
            MaxBytes = batch.MaxBytes,
        };
}

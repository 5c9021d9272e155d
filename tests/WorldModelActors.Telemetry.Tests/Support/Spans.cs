using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Telemetry.Tests;

/// <summary>Short forms.</summary>
internal static class Spans
{
    public static LaneSpan Of(Lane lane, long start, long end, string device = "cpu", int items = 1, params LaneSubject[] subjects) =>
        new(lane, lane == Lane.Write ? "" : device, lane == Lane.UNet ? "denoise" : "work", start, end, items, subjects);

    public static LaneSubject Sample(string episode, int iteration, SamplingPhase phase, int step) => new(episode, iteration, phase, step);

    public static EpisodePlan Plan(string id) => new() { Id = id, Instruction = "push", FrameRateCondition = 1, ActionDim = 2, StateDim = 2, Iterations = 3 };

    public static EpisodeResult Result(string id, EpisodeStatus status = EpisodeStatus.Completed) =>
        new(id, status, 3, 6, 6, [], [], new PhaseTimes(), TimeSpan.FromSeconds(1), null);
}

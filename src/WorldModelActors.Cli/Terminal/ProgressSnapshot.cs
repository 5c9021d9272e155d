using WorldModelActors.Telemetry;

namespace WorldModelActors.Cli;

/// <summary>Where an episode stands.</summary>
/// <param name="Id">The episode.</param>
/// <param name="Instruction">What its robot was told.</param>
/// <param name="Iteration">Its iteration, from 1.</param>
/// <param name="Iterations">Its iterations.</param>
/// <param name="Phase">What it does.</param>
/// <param name="Step">Denoising steps done in this phase.</param>
/// <param name="Steps">Denoising steps of this phase; 0 where it has none.</param>
/// <param name="Frames">Its frames in the video.</param>
/// <param name="Fraction">What is done of it, 0 to 1.</param>
internal sealed record EpisodeStanding(
    string Id, string Instruction, int Iteration, int Iterations, string Phase, int Step, int Steps, int Frames, double Fraction);

/// <summary>Where a run stands.</summary>
/// <param name="Running">The episodes that are running, in the order in which they began.</param>
/// <param name="Episodes">Episodes of the run.</param>
/// <param name="Ended">Episodes that are done with, however they ended, those included that were there already.</param>
/// <param name="Fraction">What is done of the whole run, 0 to 1.</param>
/// <param name="Elapsed">Since the first episode began.</param>
/// <param name="Remaining">What is left by the speed so far; null where that is not known yet.</param>
/// <param name="FramesPerSecond">Frames written by the time so far.</param>
/// <param name="Lanes">How busy the lanes were in the last seconds.</param>
internal sealed record ProgressSnapshot(
    IReadOnlyList<EpisodeStanding> Running, int Episodes, int Ended, double Fraction, TimeSpan Elapsed, TimeSpan? Remaining, double FramesPerSecond,
    IReadOnlyList<LaneShare> Lanes);

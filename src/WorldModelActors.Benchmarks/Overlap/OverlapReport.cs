namespace WorldModelActors.Benchmarks;

/// <summary>Share of the wall time that a lane worked, over all repeats.</summary>
public sealed record LaneUse(string Device, string Lane, double Share);

/// <summary>One side of a comparison with one number of threads.</summary>
/// <param name="Side"><c>original</c>, <c>pipeline</c>, <c>original-sequence</c> or <c>pipeline-shared</c>.</param>
/// <param name="Threads">Threads of an operator.</param>
/// <param name="Episodes">Episodes that were run.</param>
/// <param name="Seconds">Wall time of each repeat.</param>
/// <param name="Median">Of them.</param>
/// <param name="ProcessorSeconds">Processor time of the whole process, median: what was saved in work, whatever ran at the same time.</param>
/// <param name="FramesWritten">Frames of the videos of executed frames.</param>
/// <param name="FramesDecoded">Calls of the decoder, in frames.</param>
/// <param name="PeakBytes">Most resident bytes of the process over those before the run, of all repeats.</param>
/// <param name="StoreBytes">Most bytes in handles at a time.</param>
/// <param name="Lanes">Occupancy; empty for the original loop.</param>
public sealed record OverlapMeasurement(
    string Side, int Threads, int Episodes, IReadOnlyList<double> Seconds, double Median, double ProcessorSeconds, int FramesWritten, int FramesDecoded, long PeakBytes,
    long StoreBytes, IReadOnlyList<LaneUse> Lanes);

/// <summary>The comparison at one number of denoising steps and executed steps; ratios are of the best thread settings of both sides.</summary>
/// <param name="DdimSteps">Denoising steps of a call.</param>
/// <param name="ExecuteSteps">Executed frames of an iteration.</param>
/// <param name="Measurements">All of them.</param>
/// <param name="Ratio">Original loop over pipeline, one episode.</param>
/// <param name="SharedRatio">Original loop, episodes in sequence, over the pipeline with all of them at once.</param>
/// <param name="LeastPsnr">Of any frame against the same of the original loop, in dB; 1000 where all are equal to the bit.</param>
/// <param name="EqualFrames">Share of the frames that are equal to the bit.</param>
public sealed record OverlapCase(
    int DdimSteps, int ExecuteSteps, IReadOnlyList<OverlapMeasurement> Measurements, double Ratio, double SharedRatio, double LeastPsnr, double EqualFrames)
{
    /// <summary>Stands for infinity, which JSON cannot say.</summary>
    public const double Identical = 1000;

    /// <summary>The fastest setting of a side.</summary>
    public OverlapMeasurement Best(string side) => Measurements.Where(m => m.Side == side).MinBy(m => m.Median)!;
}

/// <summary>Memory of a run of so many iterations.</summary>
/// <param name="Side"><c>original</c> or <c>pipeline</c>.</param>
/// <param name="Iterations">Iterations.</param>
/// <param name="PeakBytes">Most resident bytes over those before the run.</param>
/// <param name="StoreBytes">Most bytes in handles.</param>
public sealed record MemoryRow(string Side, int Iterations, long PeakBytes, long StoreBytes);

/// <summary>Result of <see cref="OverlapBenchmark"/>.</summary>
public sealed record OverlapReport(
    Machine Machine, DateTime When, int Iterations, int Repeats, int Episodes, IReadOnlyList<OverlapCase> Cases, IReadOnlyList<MemoryRow> Memory)
{
    /// <summary>Whether every frame is the original loop's.</summary>
    public bool FramesAgree => Cases.All(c => c.LeastPsnr >= OverlapOptions.LeastPsnr);
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using WorldModelActors.Models;

namespace WorldModelActors.Bench;

/// <summary>
/// What batches gain: seconds per sample of the UNet's forward pass (world-model call, state head read) with several samples in one call.
/// Sizes are measured in turn, round by round, so that another program's load falls on all of them.
/// </summary>
public sealed record UNetBatchBenchmark
{
    /// <summary>Model directory; null: assets/demo-world-model above the program or the working directory.</summary>
    public string? Model { get; init; }

    /// <summary>Numbers of threads to measure with.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [1, 2];

    /// <summary>Samples in a call.</summary>
    public IReadOnlyList<int> Sizes { get; init; } = [1, 2, 4, 8];

    public int Rounds { get; init; } = 9;

    public UNetBatchReport Run(Device device)
    {
        using var model = DemoBenchmark.Load(Model ?? DemoDirectory.Find(), device);
        var before = get_num_threads();
        var rows = new List<UNetBatchRow>();
        try
        {
            foreach (var threads in Threads)
            {
                set_num_threads(threads);
                rows.AddRange(Measure(model, threads));
            }
        }
        finally
        {
            set_num_threads(before);
        }
        return new UNetBatchReport(Machine.Describe(device), DateTime.UtcNow, Rounds, rows);
    }

    private IEnumerable<UNetBatchRow> Measure(WorldModel model, int threads)
    {
        using var scope = NewDisposeScope();
        var options = model.Options;
        var (frames, head, device) = (options.UNet.TemporalLength, options.UNet.Head, model.Device);
        var (height, width) = head.LatentSize;
        var tokens = options.NumObsStepsImagen + frames + ContextTokens(options);
        using var one = model.UNet.Prepare(
            randn([1, tokens, options.UNet.ContextDim], device: device),
            null,
            randn([1, 3, head.NumObsSteps, options.ImageSize.Height, options.ImageSize.Width], device: device).clamp(-1, 1),
            randn([1, head.NumObsSteps, head.InputDim], device: device),
            HeadSelection.State,
            randn([1, options.UNet.OutChannels, 1, height, width], device: device));
        var calls = Sizes.Select(size =>
        {
            var condition = UNetConditioning.Cat([.. Enumerable.Repeat(one, size)]);
            var latent = randn([size, options.UNet.OutChannels, frames, height, width], device: device);
            var state = randn([size, head.Horizon, head.InputDim], device: device);
            var time = full([size], 500, ScalarType.Int64, device);
            return (Size: size, Condition: condition, Call: (Action)(() =>
            {
                using var inner = NewDisposeScope();
                model.UNet.Forward(latent, null, state, time, condition, HeadSelection.State);
                if (device.type == DeviceType.CUDA)
                    cuda.synchronize(device);
            }), Seconds: new List<double>(), Processor: new List<double>());
        }).ToList();
        for (var round = -1; round < Rounds; round++)
        {
            foreach (var (_, _, call, seconds, processor) in calls)
            {
                var (watch, before) = (Stopwatch.StartNew(), ThreadClock.Microseconds);
                call();
                // The first round warms up.
                if (round < 0)
                    continue;
                seconds.Add(watch.Elapsed.TotalSeconds);
                processor.Add((ThreadClock.Microseconds - before) / 1e6);
            }
        }
        foreach (var (size, condition, _, seconds, processor) in calls)
        {
            condition.Dispose();
            seconds.Sort();
            processor.Sort();
            yield return new UNetBatchRow(
                threads, size, seconds[seconds.Count / 2] / size, seconds[0] / size, processor[processor.Count / 2] / size);
        }
    }

    private static int ContextTokens(WorldModelOptions options) => 77 + (options.UNet.NumStemToken * options.UNet.TemporalLength);
}

/// <summary>One size with one number of threads.</summary>
/// <param name="Threads">Threads of an operator.</param>
/// <param name="Size">Samples in a call.</param>
/// <param name="Median">Seconds per sample.</param>
/// <param name="Fastest">Seconds per sample of the fastest call.</param>
/// <param name="Processor">Processor time of the calling thread per sample, median: with one thread all of it, whatever else runs.</param>
public sealed record UNetBatchRow(int Threads, int Size, double Median, double Fastest, double Processor);

/// <summary>Result of <see cref="UNetBatchBenchmark"/>.</summary>
public sealed record UNetBatchReport(Machine Machine, DateTime When, int Rounds, IReadOnlyList<UNetBatchRow> Rows)
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public void Print(TextWriter output)
    {
        output.WriteLine($"{Machine.Processor}, {Machine.Cores} logical processors; device {Machine.Device}");
        output.WriteLine($"{Machine.System}, {Machine.Runtime}, libtorch {Machine.LibTorch}");
        output.WriteLine($"unet batch: seconds per sample of a forward pass, {Rounds} rounds");
        output.WriteLine();
        output.WriteLine("threads  batch    median   fastest  processor   rows per second against one row");
        foreach (var row in Rows)
        {
            var one = Rows.First(r => r.Threads == row.Threads);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Threads,7}  {row.Size,5}  {row.Median,8:0.0000}  {row.Fastest,8:0.0000}   {row.Processor,8:0.0000}   {one.Median / row.Median:0.00}"));
        }
    }

    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, s_json) + "\n");
}

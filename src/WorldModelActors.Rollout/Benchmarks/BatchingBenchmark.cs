using System.Diagnostics;
using WorldModelActors.Engine;
using WorldModelActors.Models;

namespace WorldModelActors.Rollout;

/// <summary>
/// What batches are worth to the decoder and the embedder: the same frames and the same observations in calls of different sizes, on
/// the code that the actors run, pictures and handles included. A batch of 1 is the per-frame path.
/// </summary>
/// <param name="model">The model; on a CPU its operators use the numbers of threads that are measured.</param>
public sealed class BatchingBenchmark(WorldModel model)
{
    private const string Episode = "bench";

    /// <summary>Frames, and observations, in a call.</summary>
    public IReadOnlyList<int> Batches { get; init; } = [1, 2, 4, 8, 16];

    /// <summary>Threads of an operator on a CPU.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [1, 2];

    /// <summary>Rounds, of which the median counts. Every round measures all sizes, so that a slow moment hits them alike.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Measures. The number of threads is put back.</summary>
    /// <param name="progress">Is told what is measured; null for nobody.</param>
    /// <param name="cancellationToken">Stops between two measurements.</param>
    public IReadOnlyList<BatchingRow> Run(IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        var before = get_num_threads();
        using var store = new LatentStore(model.Device);
        using var runtime = new SynthesisRuntime(model, store);
        var items = Batches.Max();
        var frames = Frames(store, items);
        var observations = Observations(store, items);
        var rows = new List<BatchingRow>();
        try
        {
            // The model's thread count means nothing on another device.
            foreach (var threads in model.Device.type == DeviceType.CPU ? Threads : [before])
            {
                set_num_threads(threads);
                progress?.Report($"decoding, {threads} threads");
                rows.AddRange(Measure(BatchingWork.Decode, threads, frames, part => Discard(runtime, runtime.Decode(part)), cancellationToken));
                progress?.Report($"embedding, {threads} threads");
                rows.AddRange(Measure(BatchingWork.Embed, threads, observations, part => Discard(runtime, runtime.Embed(part)), cancellationToken));
            }
        }
        finally
        {
            set_num_threads(before);
        }
        return rows;
    }

    private static void Discard(SynthesisRuntime runtime, IReadOnlyList<DecodedFrame> frames)
    {
        foreach (var frame in frames)
            runtime.Discard(frame);
    }

    private static void Discard(SynthesisRuntime runtime, IReadOnlyList<EmbeddedObservation> observations)
    {
        foreach (var observation in observations)
            runtime.Discard(observation);
    }

    private IEnumerable<BatchingRow> Measure<T>(
        BatchingWork work, int threads, T[] items, Action<ArraySegment<T>> call, CancellationToken cancellationToken)
    {
        var times = Batches.ToDictionary(b => b, _ => new double[Rounds]);
        for (var round = -1; round < Rounds; round++)
        {
            foreach (var batch in Batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var start = Stopwatch.GetTimestamp();
                for (var first = 0; first < items.Length; first += batch)
                    call(new ArraySegment<T>(items, first, Math.Min(batch, items.Length - first)));
                if (model.Device.type == DeviceType.CUDA)
                    cuda.synchronize(model.Device);
                // The first round warms caches up.
                if (round >= 0)
                    times[batch][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }
        var rates = times.ToDictionary(t => t.Key, t => items.Length / Median(t.Value));
        return Batches.Select(b => new BatchingRow(work, threads, b, rates[b], rates[b] / rates[Batches[0]]));
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    /// <summary>Frames of one latent of noise; the values do not matter to the time.</summary>
    private FrameToDecode[] Frames(LatentStore store, int count)
    {
        var first = model.FirstStage;
        var (height, width) = model.Options.ImageSize;
        using var scope = NewDisposeScope();
        using var posterior = first.EncodePosterior(zeros([1, 3, height, width], device: model.Device));
        var shape = posterior.Mean.shape;
        var latent = store.Put(
            randn([1, shape[1], count, shape[2], shape[3]], device: model.Device), new LatentOrigin(Episode, ActorPath.Root, "latent"));
        var request = new DecodeFrames(Episode, latent, 0, count, Urgent: true, Nobody<FramesDecoded>.Instance);
        return [.. Enumerable.Range(0, count).Select(i => new FrameToDecode(request, i))];
    }

    private EmbedObservation[] Observations(LatentStore store, int count)
    {
        var shape = SynthesisRuntime.ShapeOf(model.Options);
        using var scope = NewDisposeScope();
        var images = Enumerable.Range(0, shape.ObservationSteps)
            .Select(_ => store.Put(
                randn([3, shape.ImageHeight, shape.ImageWidth], device: model.Device).clamp(-1, 1), new LatentOrigin(Episode, ActorPath.Root, "image")))
            .ToArray();
        var states = new float[shape.ObservationSteps * shape.PaddedDim];
        return [.. Enumerable.Repeat(new EmbedObservation(Episode, 0, images, states, Nobody<ObservationEmbedded>.Instance), count)];
    }

    /// <summary>Nothing is answered here: the actors' code is called directly.</summary>
    private sealed class Nobody<T> : IActorRef<Reply<T>>
        where T : class
    {
        public static readonly Nobody<T> Instance = new();

        public ActorPath Path => ActorPath.Root;

        public void Tell(Reply<T> message)
        {
        }

        public ValueTask TellAsync(Reply<T> message, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public Task<TReply> Ask<TReply>(Func<IActorRef<TReply>, Reply<T>> message, TimeSpan timeout, CancellationToken cancellationToken = default)
            where TReply : notnull => throw new NotSupportedException();
    }
}

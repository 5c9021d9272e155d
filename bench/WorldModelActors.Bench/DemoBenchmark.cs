using WorldModelActors.Engines;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;
using WorldModelActors.Torch;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Bench;

/// <summary>
/// How fast the demo world model imagines: an episode through the real actors, without writing anything. A denoising step is
/// one forward of the UNet (with the head that is read) and the sampler's update.
/// </summary>
public sealed record DemoBenchmark
{
    /// <summary>Model directory with prompts; null: assets/demo-world-model above the program or the working directory.</summary>
    public string? Model { get; init; }

    /// <summary>Numbers of threads to measure with.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [1, 2];

    public int Iterations { get; init; } = 4;

    public int DdimSteps { get; init; } = 16;

    public async Task<DemoReport> RunAsync(Device device)
    {
        var directory = Model ?? DemoDirectory.Find();
        using var model = Load(directory, device);
        var binding = device.type == DeviceType.CPU ? BindingBenchmark.Run(device).Calls["add"].Median : (double?)null;

        var before = get_num_threads();
        var rows = new List<DemoRow>();
        try
        {
            foreach (var threads in Threads)
            {
                set_num_threads(threads);
                // The first iteration warms caches up.
                _ = await MeasureAsync(model, directory, threads, iterations: 1, binding);
                rows.Add(await MeasureAsync(model, directory, threads, Iterations, binding));
            }
        }
        finally
        {
            set_num_threads(before);
        }
        return new DemoReport(Machine.Describe(device), DateTime.UtcNow, DdimSteps, Iterations, rows);
    }

    private async Task<DemoRow> MeasureAsync(WorldModel model, string directory, int threads, int iterations, double? binding)
    {
        var (height, width) = model.Options.ImageSize;
        var prompts = PromptDirectory.Open(Path.Combine(directory, "prompts"));
        var row = prompts.Rows[0];
        using var observation = PreparedObservation.Load(prompts, row, 1, height, width);
        var plan = new EpisodePlan
        {
            Id = "bench",
            Instruction = row.Instruction,
            Iterations = iterations,
            DdimSteps = DdimSteps,
            FrameRateCondition = row.ModelFps(1),
            ActionDim = observation.ActionWidth,
            StateDim = observation.StateWidth,
        };
        var start = new EpisodeStart(observation.Image.Values.ToArray(), observation.States.Row(1).ToArray());
        var times = new StepTimes();
        await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, model, observer: times);
        var result = await node.RunAsync(plan, start, new PhiloxNoise(), new NoVideo());
        return result.Status == EpisodeStatus.Completed
            ? times.Summarise(threads, result, binding)
            : throw new RolloutException(result.Cause ?? "the episode did not end");
    }

    /// <summary>The model of a directory; the caller's.</summary>
    internal static WorldModel Load(string directory, Device device)
    {
        var configuration = ModelConfiguration.Load(directory);
        var vocabulary = ClipVocabulary.Load(Path.Combine(directory, "merges.txt.gz"), configuration.Options.ClipText.VocabSize);
        var checkpoint = configuration.CheckpointPath ?? throw new ArgumentException($"{directory}: no weights in this directory");
        var weights = CheckpointWeights.Open(checkpoint, device);
        var model = WorldModel.Build(configuration.Options, weights, new ClipTokenizer(vocabulary).Tokenize);
        weights.Complete();
        return model;
    }

    private sealed class NoVideo : IFrameSink
    {
        public void Append(FrameTrack track, Image frame)
        {
        }

        public void Complete()
        {
        }

        public void Dispose()
        {
        }
    }
}

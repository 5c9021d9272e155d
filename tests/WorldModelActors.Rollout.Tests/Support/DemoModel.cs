using WorldModelActors.Media;
using WorldModelActors.Models;

namespace WorldModelActors.Rollout.Tests;

/// <summary>The trained demo world model of assets/, loaded once for all tests.</summary>
public sealed class DemoModel : IDisposable
{
    public DemoModel()
    {
        set_num_threads(Environment.ProcessorCount);
        var configuration = ModelConfiguration.Load(Folder);
        var tokenizer = new ClipTokenizer(ClipVocabulary.Load(configuration.MergesPath!));
        var weights = CheckpointWeights.Open(configuration.CheckpointPath!);
        Model = WorldModel.Build(configuration.Options, weights, tokenizer.Tokenize);
        weights.Complete();
        Prompts = PromptDirectory.Open(Path.Combine(Folder, "prompts"));
        // Their embeddings are cached for the model's lifetime; from here on live tensors must come back to where they were.
        foreach (var text in Prompts.Rows.Select(r => r.Instruction).Append(""))
            Model.Text.Embed(text).Dispose();
    }

    public static string Folder { get; } = Path.Combine(RepositoryRoot(), "assets", "demo-world-model");

    public WorldModel Model { get; }

    public PromptDirectory Prompts { get; }

    /// <summary>A short episode on a prompt.</summary>
    public (EpisodePlan Plan, EpisodeStart Start) Episode(int prompt, Func<EpisodePlan, EpisodePlan>? change = null)
    {
        var row = Prompts.Rows[prompt];
        using var observation = PreparedObservation.Load(Prompts, row, 1, Model.Options.ImageSize.Height, Model.Options.ImageSize.Width);
        var plan = new EpisodePlan
        {
            Id = row.VideoId,
            Instruction = row.Instruction,
            Iterations = 1,
            DdimSteps = 1,
            FrameRateCondition = 10,
            ActionDim = observation.ActionWidth,
            StateDim = observation.StateWidth,
        };
        return (change?.Invoke(plan) ?? plan, new EpisodeStart(observation.Image.Values.ToArray(), observation.States.Row(1).ToArray()));
    }

    public void Dispose() => Model.Dispose();

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WorldModelActors.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("the tests must run inside the repository");
    }
}

/// <summary>All tests that make tensors: one after the other, because live tensors are counted for the whole process.</summary>
[CollectionDefinition(Name)]
public sealed class DemoModelCollection : ICollectionFixture<DemoModel>, ICollectionFixture<TinyWorld>
{
    public const string Name = "demo model";
}

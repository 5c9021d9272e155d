using WorldModelActors.Media;
using WorldModelActors.Torch;

namespace WorldModelActors.Episodes.Tests;

/// <summary>A sweep in a real store whose episodes a test ends as it likes, with real videos and trajectories.</summary>
internal sealed class FinishedSweep : IAsyncDisposable
{
    private readonly SqliteHome _stores = new();
    private readonly Dictionary<string, Claim> _claims = [];

    private FinishedSweep(SweepHome home, PlannedSweep planned) => (Home, Planned) = (home, planned);

    public SweepHome Home { get; }

    public PlannedSweep Planned { get; }

    public IEpisodeStore Store { get; private set; } = null!;

    public EpisodeFiles Files { get; private set; } = null!;

    public SqliteHome Clock => _stores;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<FinishedSweep> PlanAsync(SweepHome home, string lines)
    {
        var sweep = new FinishedSweep(home, home.Plan(lines));
        sweep.Store = await sweep._stores.OpenAsync();
        sweep.Files = EpisodeFiles.Open(home.File("state"));
        await sweep.Store.PlanAsync(sweep.Planned.Sweep, sweep.Planned.Episodes, Stop);
        var node = await sweep.Store.RegisterAsync(Plans.Node("n"), Stop);
        foreach (var claim in await sweep.Store.ClaimAsync(new ClaimRequest(node, 1000, Plans.Lease), Stop))
        {
            sweep._claims.Add(claim.Name, claim);
        }

        return sweep;
    }

    public Task<SweepSummary> SummaryAsync() => Store.RequireSweepAsync(Planned.Sweep.Id, Stop);

    public async Task<EpisodeView> ViewAsync(string name) => (await Store.FindAsync(_claims[name].EpisodeId, Stop))!;

    /// <summary>The path of a result.</summary>
    public async Task<string> PathOfAsync(string name, string what)
    {
        var view = await ViewAsync(name);
        return Files.PathOf(view.Id, ResultFiles.Find(view, what)!);
    }

    public Task FailAsync(string name) => Store.FailAsync(_claims[name], "it broke", retryable: false, Stop);

    /// <summary>Ends an episode: grey frames of these levels, these actions (rows of 2) and states (rows of 3).</summary>
    public async Task CompleteAsync(string name, byte[] greys, float[] actions, float[]? states = null, double seconds = 2, string instruction = "do it")
    {
        var claim = _claims[name];
        for (var i = 0; i < claim.Iterations; i++)
        {
            await Store.CommitIterationAsync(claim, Plans.Commit(i), Stop);
        }

        var rows = greys.Length;
        List<StoredFile> results =
        [
            Files.WriteResult(claim, "video.mp4", path => WriteVideo(path, greys)),
            Files.WriteResult(claim, "trajectory.safetensors", path => new SafetensorsWriter()
                .Add("action", [rows, 2], actions).Add("state", [rows, 3], states ?? new float[rows * 3]).Add("start.state", [3], new float[] { 1, 2, 3 }).Save(path)),
            Files.WriteResult(claim, "contact-sheet.png", path => File.WriteAllText(path, "sheet of " + name)),
            Files.WriteResult(claim, "episode.json", path => File.WriteAllText(path, "{}")),
        ];
        var summary = new EpisodeSummary
        {
            Frames = rows,
            Iterations = claim.Iterations,
            Owners = 1,
            Seconds = seconds,
            Phases = new Dictionary<string, double> { ["embed"] = 0.1 * seconds, ["policy"] = 0.3 * seconds, ["world"] = 0.4 * seconds, ["decode"] = 0.1 * seconds, ["write"] = 0 },
            Instruction = instruction,
            Model = "m",
        };
        await Store.CompleteAsync(claim, new EpisodeResultFiles(results, summary.ToJson()), Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        Home.Dispose();
    }

    private static void WriteVideo(string path, byte[] greys)
    {
        using var video = VideoWriter.Create(path, 32, 32, 8);
        foreach (var grey in greys)
        {
            var pixels = new byte[32 * 32 * 3];
            Array.Fill(pixels, grey);
            video.Append(pixels);
        }

        video.Complete();
    }
}

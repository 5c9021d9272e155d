[assembly: AssemblyFixture(typeof(WorldModelActors.Reliability.Tests.Demo))]

namespace WorldModelActors.Reliability.Tests;

/// <summary>
/// What the scenarios run, what it gives when nobody disturbs it (computed once), and a PostgreSQL that they share but for the one that
/// kills it.
/// </summary>
public sealed class Demo : IAsyncDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly Lazy<Task<UndisturbedRun>> _undisturbed;
    private readonly Lazy<(PrivatePostgres? Instance, string? Reason)> _postgres;

    public Demo()
    {
        _undisturbed = new(() => RunAsync());
        _postgres = new(() => PrivatePostgres.Start(_folder["postgres"]));
    }

    /// <summary>Some of the episodes that <see cref="UndisturbedAsync"/> has.</summary>
    public static Workload Work(params IReadOnlyList<int> episodes) => new(episodes, Iterations: 3);

    /// <summary>The outputs of all scenarios' episodes.</summary>
    public Task<UndisturbedRun> UndisturbedAsync() => _undisturbed.Value;

    /// <summary>The PostgreSQL; skips the test where there is none.</summary>
    public PrivatePostgres Postgres()
    {
        Assert.SkipWhen(_postgres.Value.Instance is null, _postgres.Value.Reason ?? "");
        return _postgres.Value.Instance!;
    }

    public ValueTask DisposeAsync()
    {
        if (_postgres.IsValueCreated)
        {
            _postgres.Value.Instance?.Dispose();
        }

        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<UndisturbedRun> RunAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        return await UndisturbedRun.RunAsync(_folder["undisturbed"], [Work(0, 1, 2)], limit.Token);
    }
}

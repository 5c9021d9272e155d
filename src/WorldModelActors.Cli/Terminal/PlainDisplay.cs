namespace WorldModelActors.Cli;

/// <summary>Plain lines, for logs and pipes: what happened, and now and then where the run stands.</summary>
internal sealed class PlainDisplay(TextWriter output, TimeSpan interval) : IRolloutDisplay
{
    private const int MostEpisodes = 4;
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public void Note(string line)
    {
        lock (output)
        {
            output.WriteLine("wma: " + line);
        }
    }

    public void Follow(IRunProgress progress)
    {
        progress.Noted += Note;
        _loop = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(interval);
            try
            {
                while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
                {
                    var now = progress.Snapshot();
                    var running = now.Running.Where(e => e.Steps > 0).ToList();
                    if (running.Count > 0)
                    {
                        Note(string.Join("; ", running.Take(MostEpisodes).Select(e => $"{e.Id}: iteration {e.Iteration}/{e.Iterations}, {e.Phase}, step {e.Step}/{e.Steps}"))
                            + (running.Count > MostEpisodes ? $"; and {running.Count - MostEpisodes} more" : "")
                            + (now.Remaining is { } left ? $", {Texts.Clock(left)} left" : ""));
                    }
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }
}

using System.Collections.Concurrent;
using Spectre.Console;

namespace WorldModelActors.Cli;

/// <summary>A few lines at the bottom of the terminal that are drawn anew while the run goes on.</summary>
internal sealed class LiveDisplay(IAnsiConsole console) : IRolloutDisplay
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentQueue<string> _notes = new();
    private readonly TaskCompletionSource _stop = new();
    private IRunProgress? _progress;
    private Task _loop = Task.CompletedTask;

    public void Note(string line)
    {
        if (_progress is null)
        {
            console.MarkupLineInterpolated($"[grey]{line}[/]");
        }
        else
        {
            _notes.Enqueue(line);
        }
    }

    public void Follow(IRunProgress progress)
    {
        _progress = progress;
        progress.Noted += _notes.Enqueue;
        _loop = Task.Run(() => console.Live(new Text("")).AutoClear(true).StartAsync(async context =>
        {
            var running = true;
            while (running)
            {
                running = await Task.WhenAny(_stop.Task, Task.Delay(s_interval)).ConfigureAwait(false) != _stop.Task;
                while (_notes.TryDequeue(out var note))
                {
                    console.MarkupLineInterpolated($"[grey]{note}[/]");
                }

                context.UpdateTarget(Draw(progress.Snapshot()));
            }
        }));
    }

    public async ValueTask DisposeAsync()
    {
        _stop.TrySetResult();
        await _loop.ConfigureAwait(false);
    }

    // One line stays free, so that the cursor does not scroll the terminal.
    private Rows Draw(ProgressSnapshot now) =>
        new(ProgressLines.Draw(now, console.Profile.Width, console.Profile.Height - 1).Select(line => new Markup(line)));
}

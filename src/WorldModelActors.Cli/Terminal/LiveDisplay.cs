using System.Collections.Concurrent;
using Spectre.Console;

namespace WorldModelActors.Cli;

/// <summary>A few lines at the bottom of the terminal that are drawn anew while the run goes on.</summary>
internal sealed class LiveDisplay(IAnsiConsole console) : IRolloutDisplay
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentQueue<string> _notes = new();
    private readonly TaskCompletionSource _stop = new();
    private RolloutProgress? _progress;
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

    public void Follow(RolloutProgress progress)
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

    private Rows Draw(ProgressSnapshot now)
    {
        var episode = now.Episodes > 1 ? $"episode {now.Number}/{now.Episodes}  {now.Episode}" : now.Episode;
        var step = now.Steps > 0 ? $"  step {now.Step}/{now.Steps}" : "";
        var left = now.Remaining is { } remaining ? $"{Texts.Clock(remaining)} left" : "";
        return new Rows(
            new Markup($"[bold]{Markup.Escape(episode)}[/]  [italic]{Markup.Escape(now.Instruction)}[/]"),
            new Markup($"iteration {now.Iteration}/{now.Iterations}  [aqua]{now.Phase}[/]{step}  [grey]{now.Frames} frames written[/]"),
            Bar(now.Fraction, $" {now.Fraction:P0}  {Texts.Clock(now.Elapsed)} elapsed  {left}"));
    }

    private Markup Bar(double fraction, string tail)
    {
        var width = Math.Clamp(console.Profile.Width - tail.Length - 1, 10, 50);
        var done = (int)Math.Round(fraction * width);
        return new Markup($"[green]{new string('━', done)}[/][grey]{new string('─', width - done)}[/]{Markup.Escape(tail)}");
    }
}

using System.Text;

namespace WorldModelActors.Reliability;

/// <summary>What a process writes, line by line, for whoever waits for a line.</summary>
internal sealed class Transcript
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = 2;

    public string Text
    {
        get
        {
            lock (_gate)
            {
                return new StringBuilder().AppendJoin('\n', _lines).ToString();
            }
        }
    }

    /// <summary>Reads one of the two streams to its end.</summary>
    public async Task ReadAsync(StreamReader reader, string mark)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            Add(() => _lines.Add(mark + line));
        }

        Add(() => _open--);
    }

    /// <summary>The first line of this kind, also among those that came before; null where both streams ended without.</summary>
    public async Task<string?> LineAsync(Func<string, bool> isIt, CancellationToken stop)
    {
        for (var at = 0; ;)
        {
            Task news;
            lock (_gate)
            {
                for (; at < _lines.Count; at++)
                {
                    if (isIt(_lines[at]))
                    {
                        return _lines[at];
                    }
                }

                if (_open == 0)
                {
                    return null;
                }

                news = _news.Task;
            }

            await news.WaitAsync(stop).ConfigureAwait(false);
        }
    }

    private void Add(Action change)
    {
        TaskCompletionSource told;
        lock (_gate)
        {
            change();
            told = _news;
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        told.SetResult();
    }
}

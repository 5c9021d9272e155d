using System.Diagnostics;

namespace WorldModelActors.Cli;

/// <summary>How far a long piece of work is: in place on a terminal, now and then a line elsewhere. Safe for concurrent use.</summary>
internal sealed class LineProgress(bool quiet) : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pauseInPlace = TimeSpan.FromMilliseconds(100);
    private readonly Lock _lock = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly bool _inPlace = !Console.IsErrorRedirected;
    private TimeSpan _next = Console.IsErrorRedirected ? s_pause : TimeSpan.Zero;
    private int _width;

    public void Report(string text)
    {
        if (quiet)
        {
            return;
        }

        lock (_lock)
        {
            if (_clock.Elapsed < _next)
            {
                return;
            }

            _next = _clock.Elapsed + (_inPlace ? s_pauseInPlace : s_pause);
            if (_inPlace)
            {
                Console.Error.Write("\r" + text.PadRight(_width));
                _width = text.Length;
            }
            else
            {
                Console.Error.WriteLine("wma: " + text);
            }
        }
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (_width > 0)
        {
            Console.Error.Write("\r" + new string(' ', _width) + "\r");
        }
    }
}

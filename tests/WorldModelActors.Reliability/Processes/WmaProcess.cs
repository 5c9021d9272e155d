using System.Diagnostics;

namespace WorldModelActors.Reliability;

/// <summary>The program <c>wma</c> as a process of its own, to be killed.</summary>
public sealed class WmaProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Transcript _transcript = new();
    private readonly Task _reading;

    private WmaProcess(Process process, string title)
    {
        (_process, Title) = (process, title);
        _reading = Task.WhenAll(_transcript.ReadAsync(process.StandardOutput, ""), _transcript.ReadAsync(process.StandardError, "! "));
    }

    /// <summary>What it is called in messages.</summary>
    public string Title { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>How it ended; null while it runs.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>Everything that it wrote so far, lines of the error stream marked with an exclamation mark.</summary>
    public string Text => _transcript.Text;

    /// <summary>Starts it. Signals have their usual meaning for it, whatever this process ignores.</summary>
    /// <param name="title">What it is called in messages.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Further variables of its environment.</param>
    /// <param name="by">A program that replaces itself with it, and that program's arguments: to run it in a namespace.</param>
    public static WmaProcess Start(string title, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, params IReadOnlyList<string> by)
    {
        // env replaces itself with the program, so that the id is the program's.
        IReadOnlyList<string> command = [.. by, "env", "--default-signal=INT,TERM", "dotnet", RepositoryPaths.Program, .. arguments];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What the machine has set must not decide over these runs.
        foreach (var name in new[] { "WMA_HOME", "WMA_CLIP_VOCAB", "WMA_DEBUG", "WMA_STORE", "WMA_STATE", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL" })
        {
            start.Environment.Remove(name);
        }

        // As the launcher does.
        start.Environment.TryAdd("OMP_WAIT_POLICY", "passive");
        start.Environment.TryAdd("OPENBLAS_NUM_THREADS", "1");
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new WmaProcess(Process.Start(start)!, title);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Exit, string Text)> RunAsync(string title, IEnumerable<string> arguments, CancellationToken stop)
    {
        await using var process = Start(title, arguments);
        return (await process.EndAsync(stop).ConfigureAwait(false), process.Text);
    }

    /// <summary>Sends a signal.</summary>
    public void Send(Signal signal) => ProcessTable.Send(Id, signal);

    /// <summary>Stops it, and waits until it stands still.</summary>
    public async Task FreezeAsync(CancellationToken stop)
    {
        Send(Signal.Stop);
        while (ProcessTable.StateOf(Id) is not ('T' or 'Z' or null))
        {
            await Task.Delay(1, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Ends it at once, and waits until it is gone.</summary>
    public async Task KillAsync(CancellationToken stop)
    {
        Send(Signal.Kill);
        await EndAsync(stop).ConfigureAwait(false);
    }

    /// <summary>Waits until it has written a line with this text.</summary>
    /// <exception cref="InvalidOperationException">It ended without.</exception>
    public async Task<string> LineAsync(string text, CancellationToken stop)
    {
        try
        {
            return await _transcript.LineAsync(line => line.Contains(text, StringComparison.Ordinal), stop).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"{Title} ended without '{text}':\n{Text}");
        }
        catch (OperationCanceledException cause)
        {
            throw new TimeoutException($"{Title} did not write '{text}' in time:\n{Text}", cause);
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code; 128 and the number of the signal that ended it.</returns>
    public async Task<int> EndAsync(CancellationToken stop)
    {
        try
        {
            await _process.WaitForExitAsync(stop).ConfigureAwait(false);
            await _reading.WaitAsync(stop).ConfigureAwait(false);
            return _process.ExitCode;
        }
        catch (OperationCanceledException cause)
        {
            throw new TimeoutException($"{Title} did not end in time:\n{Text}", cause);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Send(Signal.Kill);
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }

        await _reading.ConfigureAwait(false);
        _process.Dispose();
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace WorldModelActors.EndToEnd.Tests;

/// <summary>What a run of the program left.</summary>
/// <param name="ExitCode">What it returned.</param>
/// <param name="Output">Its output.</param>
/// <param name="Error">Its error stream, without the lines by which a build with TorchSharp says once what it does otherwise (docs/packages.md).</param>
internal sealed record WmaResult(int ExitCode, string Output, string Error);

/// <summary>The program <c>wma</c> as a process of its own.</summary>
internal sealed partial class WmaProcess : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(3);
    private readonly Process _process;
    private readonly Task<string> _output;

    private WmaProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Runs it to its end.</summary>
    public static Task<WmaResult> RunAsync(params string[] arguments) => RunAsync(arguments, new Dictionary<string, string>());

    /// <summary>Runs it to its end, with these environment variables.</summary>
    public static async Task<WmaResult> RunAsync(string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        using var process = Start(arguments, environment);
        return await process.EndAsync();
    }

    /// <summary>Starts it.</summary>
    public static WmaProcess Start(string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", [RepositoryPaths.Program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What the machine has set must not decide over these tests.
        foreach (var name in new[] { "WMA_HOME", "WMA_CLIP_VOCAB", "WMA_DEBUG", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL" })
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

        return new WmaProcess(Process.Start(start)!);
    }

    /// <summary>Reads the error stream up to a line with <paramref name="text"/>.</summary>
    public async Task<string> ErrorLineWithAsync(string text)
    {
        using var limit = new CancellationTokenSource(s_longest);
        while (await _process.StandardError.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"wma ended without '{text}' on its error stream");
    }

    /// <summary>The next line of the error stream; null at its end.</summary>
    public async Task<string?> NextErrorLineAsync()
    {
        using var limit = new CancellationTokenSource(s_longest);
        return await _process.StandardError.ReadLineAsync(limit.Token);
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(PosixSignal signal) =>
        Assert.Equal(0, Kill(_process.Id, signal == PosixSignal.SIGINT ? 2 : 15));

    /// <summary>Waits for the end.</summary>
    public async Task<WmaResult> EndAsync()
    {
        using var limit = new CancellationTokenSource(s_longest);
        try
        {
            var error = await _process.StandardError.ReadToEndAsync(limit.Token);
            var output = await _output.WaitAsync(limit.Token);
            await _process.WaitForExitAsync(limit.Token);
            return new WmaResult(_process.ExitCode, output, TorchSharpLines().Replace(error, ""));
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"wma did not end within {s_longest}");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    [GeneratedRegex("^torchsharp: .*\n", RegexOptions.Multiline)]
    private static partial Regex TorchSharpLines();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

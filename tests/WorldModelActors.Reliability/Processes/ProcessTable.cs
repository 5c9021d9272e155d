using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace WorldModelActors.Reliability;

/// <summary>The processes of this machine.</summary>
public static partial class ProcessTable
{
    private const int NoSuchProcess = 3; // ESRCH
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux

    /// <summary>Sends a signal.</summary>
    /// <returns>Whether there was such a process.</returns>
    public static bool Send(int process, Signal signal)
    {
        if (Kill(process, (int)signal) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new Win32Exception(error);
    }

    /// <summary>State of a process: <c>R</c> running, <c>S</c> or <c>D</c> sleeping, <c>T</c> stopped, <c>Z</c> dead and unburied; null where there is none.</summary>
    public static char? StateOf(int process) => Fields(process)?[0][0];

    /// <summary>Processor seconds of a process and of its children that have ended; 0 where there is none.</summary>
    public static double ProcessorSeconds(int process) => Fields(process) is { } fields
        ? new[] { 11, 12, 13, 14 }.Sum(index => double.Parse(fields[index], CultureInfo.InvariantCulture)) / TicksPerSecond
        : 0;

    /// <summary>Bytes that a process has caused to be written to disks; 0 where that cannot be read.</summary>
    public static long WrittenBytes(int process)
    {
        try
        {
            return long.Parse(
                File.ReadLines($"/proc/{process}/io").First(line => line.StartsWith("write_bytes:", StringComparison.Ordinal)).AsSpan(12), CultureInfo.InvariantCulture);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Processes that have all these texts in their arguments.</summary>
    public static IEnumerable<int> With(params IReadOnlyList<string> texts) => All().Where(process =>
    {
        try
        {
            var arguments = File.ReadAllText($"/proc/{process}/cmdline");
            return texts.All(text => arguments.Contains(text, StringComparison.Ordinal));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    /// <summary>Living children of a process.</summary>
    public static IReadOnlyList<int> ChildrenOf(int process) =>
    [
        .. All().Where(id => Fields(id) is { } fields && int.Parse(fields[1], CultureInfo.InvariantCulture) == process),
    ];

    private static IEnumerable<int> All() => Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0);

    /// <summary>The fields of /proc/PID/stat from the third on: what is before them is a name, which may hold anything.</summary>
    private static string[]? Fields(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}

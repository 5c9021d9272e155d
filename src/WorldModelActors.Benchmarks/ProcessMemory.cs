using System.Globalization;
using System.Runtime.InteropServices;

namespace WorldModelActors.Benchmarks;

/// <summary>Resident memory of this process, on Linux.</summary>
internal static partial class ProcessMemory
{
    private const string Status = "/proc/self/status";

    /// <summary>
    /// Forgets the peak so far: garbage is collected, what the allocator keeps in reserve is given back, and the kernel's high-water
    /// mark is set to what is resident now.
    /// </summary>
    /// <returns>Bytes that are resident now.</returns>
    public static long ResetPeak()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        if (!OperatingSystem.IsLinux())
        {
            return Environment.WorkingSet;
        }

        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library; the peak then holds what it keeps in reserve.
            return Environment.WorkingSet;
        }

        try
        {
            // 5: proc(5), "reset the peak resident set size".
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Read("VmRSS:");
        }

        return Read("VmRSS:");
    }

    /// <summary>Most bytes that were resident since <see cref="ResetPeak"/>.</summary>
    public static long Peak() => OperatingSystem.IsLinux() ? Read("VmHWM:") : Environment.WorkingSet;

    private static long Read(string name)
    {
        var line = File.ReadLines(Status).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.AsSpan(name.Length).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}

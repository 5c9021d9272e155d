using System.Diagnostics;

namespace WorldModelActors.Episodes.Tests;

/// <summary>Runs a program to its end.</summary>
internal static class Shell
{
    public static (int Exit, string Output, string Error) Run(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // What is killed here is a process, never the machine, so nothing has to reach the disk.
        start.Environment["POSTGRES_OPTIONS"] = "-c fsync=off";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Trim(), error.Result.Trim());
    }
}

namespace WorldModelActors.Reliability;

/// <summary>Catches a process in the middle of writing a file.</summary>
public static class WriterTrap
{
    private const string Prefix = ".part-";

    private static readonly TimeSpan s_coarse = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan s_fine = TimeSpan.FromMicroseconds(100);

    /// <summary>
    /// Freezes a process while a file of this kind is half written. It looks all the time, stops the process at the first sight of
    /// such a file, and lets it go on where the file was finished before the process stood still.
    /// </summary>
    /// <param name="process">The process; frozen on return.</param>
    /// <param name="folder">Where it writes, at any depth.</param>
    /// <param name="kind">Beginning of the file's name, e.g. <c>segment-</c>.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <returns>The file.</returns>
    public static Task<string> CatchAsync(WmaProcess process, string folder, string kind, CancellationToken stop) =>
        FreezeAsync(process, folder, true, $"writing {kind}", () => Unfinished(folder).FirstOrDefault(path => NameOf(path).StartsWith(kind, StringComparison.Ordinal)), stop);

    /// <summary>Freezes a process as soon as a finished file of this kind is there, before it can get far with the next one.</summary>
    /// <param name="process">The process; frozen on return.</param>
    /// <param name="folder">Where it writes, at any depth.</param>
    /// <param name="kind">Beginning of the file's name, e.g. <c>segment-000001</c>.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <returns>The file.</returns>
    public static Task<string> AfterAsync(WmaProcess process, string folder, string kind, CancellationToken stop) =>
        FreezeAsync(process, folder, false, $"after {kind}", () => All(folder, kind + "*").FirstOrDefault(), stop);

    /// <summary>Names of files that are being written, or were when their writer died.</summary>
    public static IEnumerable<string> Unfinished(string folder) => All(folder, Prefix + "*");

    private static IEnumerable<string> All(string folder, string pattern) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, pattern, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true })
        : [];

    /// <summary>What <c>.part-RANDOM-NAME</c> will be called.</summary>
    private static string NameOf(string path) => Path.GetFileName(path)[Prefix.Length..].Split('-', 2)[^1];

    private static Task<string> FreezeAsync(WmaProcess process, string folder, bool isFleeting, string when, Func<string?> find, CancellationToken stop) => Task.Run(
        async () =>
        {
            var pause = s_coarse;
            while (!process.HasExited)
            {
                if (stop.IsCancellationRequested)
                {
                    throw new TimeoutException($"{process.Title} was never caught {when}:\n{process.Text}");
                }

                if (find() is { } path)
                {
                    await process.FreezeAsync(stop).ConfigureAwait(false);
                    if (File.Exists(path))
                    {
                        return path;
                    }

                    process.Send(Signal.Continue);
                }

                // A flush to the disk takes longer. Before the process has written anything at all (it loads its model) and for files that
                // stay there is no hurry; looking takes processor time from it.
                Thread.Sleep(pause);
                pause = isFleeting && (pause == s_fine || All(folder, "*").Any()) ? s_fine : s_coarse;
            }

            throw new InvalidOperationException($"{process.Title} ended and was never caught {when}:\n{process.Text}");
        },
        CancellationToken.None);
}

using System.CommandLine;
using WorldModelActors.Episodes;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>Which store a command works on.</summary>
internal sealed class StoreOptionSet
{
    private const string Default = "runs/store.sqlite";
    private readonly Option<string> _store = new("--store") { HelpName = "FILE|URL", Description = $"The store: a SQLite file, or postgres://user@host/database [{Default}]" };
    private readonly Option<string> _state = new("--state") { HelpName = "DIR", Description = "Folder of the episodes' files; with PostgreSQL one that all nodes see [beside the SQLite file]" };

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> Options => [_store, _state];

    /// <summary>Opens it.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="settings">Not used yet.</param>
    /// <param name="stop">Stops waiting.</param>
    public async Task<OpenStore> OpenAsync(ParseResult line, WmaSettings settings, CancellationToken stop)
    {
        var location = StoreLocation.Parse(line.GetValue(_store) ?? Default);
        var state = line.GetValue(_state) ?? (location is SqliteLocation file
            ? Path.GetDirectoryName(Path.GetFullPath(file.Path))!
            : throw new UsageException($"--store {location}: give the folder of the episodes' files, which all nodes see, with --state DIR"));
        return new OpenStore(await EpisodeStores.OpenAsync(location, stop: stop).ConfigureAwait(false), EpisodeFiles.Open(state));
    }
}

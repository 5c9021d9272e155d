using System.CommandLine;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>The options of a command that looks at a store or changes it: where the store is, and options of its own.</summary>
/// <param name="others">Options that are no settings.</param>
internal sealed class StoreOptionSet(params IReadOnlyList<Option> others) : SettingOptionSet([SettingFlags.Store], null, others)
{
    /// <summary>Opens the store that the command line names; it must be there.</summary>
    public Task<OpenStore> OpenAsync(ParseResult line, CancellationToken stop = default) => OpenStore.OpenAsync(WmaSettings.Load(Layers(line)), mustExist: true, stop);
}

using WorldModelActors.Episodes;
using WorldModelActors.Settings;
using WorldModelActors.Transfer;

namespace WorldModelActors.Cli;

/// <summary>Fetches files from the living nodes of a store that hand some out: first from the one that wrote it.</summary>
/// <param name="store">Where the nodes are known.</param>
/// <param name="tls">How they know each other; null: not at all.</param>
/// <param name="own">Where this node itself hands out files; null: nowhere.</param>
/// <param name="note">Told what is fetched, and what fails.</param>
internal sealed class NodeExchange(IEpisodeStore store, TransferTls? tls, Uri? own, Action<string> note) : IFileExchange, IDisposable
{
    private readonly TransferClient _client = new(new TransferClientOptions { Tls = tls });

    /// <summary>The certificates of the settings; null where there are none.</summary>
    public static TransferTls? Tls(ExchangeSettings settings) => settings.Tls is var (certificate, key, authority) ? TransferTls.Load(certificate, key, authority) : null;

    /// <inheritdoc/>
    public async Task<bool> FetchAsync(string episodeId, StoredFile file, string? writer, Stream target, CancellationToken stop)
    {
        foreach (var (name, address) in await NodesAsync(writer, stop).ConfigureAwait(false))
        {
            try
            {
                target.SetLength(0);
                await _client.FetchAsync(address, StateFolderSource.Handle(episodeId, file), target, stop).ConfigureAwait(false);
                note($"{episodeId[..8]}: {file.Name} fetched from {name} ({Texts.Bytes(file.Bytes)})");
                return true;
            }
            catch (UnknownHandleException)
            {
                // The next one may have it.
            }
            catch (TransferException failure)
            {
                note($"{episodeId[..8]}: {file.Name}: {failure.Message}");
            }
        }

        return false;
    }

    public void Dispose() => _client.Dispose();

    private async Task<IReadOnlyList<(string Name, Uri Address)>> NodesAsync(string? writer, CancellationToken stop)
    {
        var nodes = (await store.SummaryAsync(stop: stop).ConfigureAwait(false)).Nodes;
        return
        [
            .. nodes
                .Where(node => node.Description.Exchange is { } address && address != own)
                .OrderBy(node => node.Id.Name == writer ? 0 : 1)
                .ThenByDescending(node => node.Id.Number)
                .Select(node => (node.Id.Name, node.Description.Exchange!))
                // Lives that were killed are still listed; the present one listens where they did.
                .DistinctBy(node => node.Item2),
        ];
    }
}

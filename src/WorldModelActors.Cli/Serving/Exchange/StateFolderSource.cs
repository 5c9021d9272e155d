using WorldModelActors.Episodes;
using WorldModelActors.Transfer;

namespace WorldModelActors.Cli;

/// <summary>The finished files of a state folder, by the handle <c>EPISODE/NAME</c>.</summary>
internal sealed class StateFolderSource(EpisodeFiles files) : ITransferSource
{
    /// <summary>The handle of a file.</summary>
    public static string Handle(string episodeId, StoredFile file) => $"{episodeId}/{file.Name}";

    /// <inheritdoc/>
    public TransferContent? Open(string handle) =>
        handle.Split('/') is [var episode, var name] && files.OpenRead(episode, name) is { } stream ? new TransferContent(stream) : null;
}

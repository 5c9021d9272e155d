using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>The manifest: the complete checkpoint has each of its tensors.</summary>
internal sealed class ManifestCheck : IGoldenCheck
{
    public string Name => CheckpointManifest.FileName;

    public string? Upstream => null;

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        var manifest = CheckpointManifest.Read(session.PathOf(entry.Name));
        if (session.CompleteCheckpoint(entry.Folder) is not { } name)
        {
            sheet.Skip("tensors", $"needs the complete checkpoint of {entry.Folder}/, which is not in this directory");
            return;
        }

        using var checkpoint = Checkpoint.Open(session.PathOf(name));
        var missing = manifest.Names.Where(n => !checkpoint.TryGet(n, out _)).ToList();
        sheet.Expect(
            "tensors", missing.Count == 0, $"{name} lacks {missing.Count} of them, the first: {missing.FirstOrDefault()}", $"all {manifest.Count} in {name}");
    }
}

namespace WorldModelActors.Episodes;

/// <summary>How far an export is.</summary>
/// <param name="Episodes">Episodes copied.</param>
/// <param name="Of">Episodes in all.</param>
/// <param name="Bytes">Bytes copied.</param>
/// <param name="OfBytes">Bytes in all.</param>
public sealed record ExportProgress(int Episodes, int Of, long Bytes, long OfBytes);

/// <summary>What an export made.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Episodes">Episodes in it.</param>
/// <param name="LeftOut">Episodes of the selection that are not completed.</param>
/// <param name="Frames">Rows of the data.</param>
/// <param name="Bytes">Bytes of the files.</param>
public sealed record ExportResult(string Folder, int Episodes, int LeftOut, long Frames, long Bytes);

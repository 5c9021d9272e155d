namespace WorldModelActors.Episodes;

/// <summary>Tells a full disk from other troubles.</summary>
internal static class FileErrors
{
    private const int NoSpace = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const long NearlyFull = 64 << 10;

    public static bool IsDiskFull(Exception cause) => cause switch
    {
        IOException io when io.HResult is NoSpace or QuotaExceeded or WindowsDiskFull => true,
        { InnerException: { } inner } => IsDiskFull(inner),
        _ => false,
    };

    /// <summary>Whether there is hardly any space left: for writers that do not say why they failed (video encoders).</summary>
    public static bool IsNearlyFull(string path)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(path))!).AvailableFreeSpace < NearlyFull;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The exception for callers.</summary>
    public static StoreException Of(string path, Exception cause) => IsDiskFull(cause) || IsNearlyFull(path)
        ? new DiskFullException($"{path}: no space is left: free some, then it goes on from the last committed iteration", cause)
        : new StoreException($"{path}: cannot be written ({cause.Message})", cause);
}

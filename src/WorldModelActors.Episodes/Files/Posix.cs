using System.ComponentModel;
using System.Runtime.InteropServices;

namespace WorldModelActors.Episodes;

/// <summary>What .NET has no call for.</summary>
internal static partial class Posix
{
    /// <summary>Flushes a folder, so that the names in it survive a loss of power.</summary>
    /// <exception cref="IOException">It cannot be flushed.</exception>
    public static void FlushFolder(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var handle = Open(path, flags: 0);
        if (handle < 0)
        {
            throw Failure(path);
        }

        try
        {
            if (Flush(handle) != 0)
            {
                throw Failure(path);
            }
        }
        finally
        {
            Close(handle);
        }
    }

    private static IOException Failure(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{path}: {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}

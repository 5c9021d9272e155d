using System.Runtime.InteropServices;
using OpenCvSharp;

namespace WorldModelActors.Media;

/// <summary>OpenCV by OpenCvSharp4: settings of the process, and its failures as one.</summary>
internal static partial class OpenCvProcess
{
    private static readonly Lazy<bool> s_ready = new(Configure);

    /// <summary>Runs a call of OpenCV.</summary>
    /// <exception cref="OpenCvException">OpenCV refuses, or its native library does not load.</exception>
    internal static T Run<T>(Func<T> call)
    {
        try
        {
            _ = s_ready.Value;
            return call();
        }
        catch (OpenCVException refused)
        {
            throw new OpenCvException(OneLine(refused.ErrMsg ?? refused.Message));
        }
        catch (Exception cause) when (MissingLibrary(cause) is { } library)
        {
            throw new OpenCvException($"OpenCvSharp4's native library does not load: {OneLine(library.Message)}");
        }
    }

    /// <summary>Whether a frame or picture has the bytes of its size.</summary>
    internal static void RequireLength(int length, int height, int width, string what)
    {
        if (length != (long)height * width * Image.Channels)
        {
            throw new OpenCvException($"the {what} has another size than the video");
        }
    }

    // OpenCV's thread pool must not compete with libtorch's, and its and FFmpeg's own lines would tear the terminal's progress display.
    private static bool Configure()
    {
        setenv("OPENCV_LOG_LEVEL", "SILENT", 0);
        setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);
        Cv2.SetNumThreads(1);
        return true;
    }

    private static Exception? MissingLibrary(Exception cause)
    {
        for (var at = cause; at is not null; at = at.InnerException)
        {
            if (at is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
            {
                return at;
            }
        }

        return null;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();

    /// <summary>.NET's own copy of the environment is not what native libraries see.</summary>
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}

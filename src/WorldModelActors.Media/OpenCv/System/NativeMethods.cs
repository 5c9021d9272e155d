using System.Runtime.InteropServices;

namespace WorldModelActors.Media;

/// <summary>The C functions of <c>native/wma_media.h</c>, one to one.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "wma_media";

    [LibraryImport(Library)]
    internal static partial nint wma_media_last_error();

    [LibraryImport(Library)]
    internal static partial void wma_media_free(nint memory);

    [LibraryImport(Library)]
    internal static partial NativeStatus wma_image_decode(byte* file, long length, int width, int height, byte* rgb);

    [LibraryImport(Library)]
    internal static partial NativeStatus wma_image_encode_png(byte* rgb, int width, int height, int compression, out nint file, out long length);

    [LibraryImport(Library)]
    internal static partial NativeStatus wma_image_encode_jpeg(byte* rgb, int width, int height, int quality, out nint file, out long length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeStatus wma_image_text(byte* rgb, int width, int height, string text, int x, int y, double size, int bold, byte red, byte green, byte blue);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeStatus wma_image_text_width(string text, double size, int bold, out int width);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeStatus wma_video_create(string path, string fourcc, double fps, int width, int height, out VideoWriterHandle writer);

    [LibraryImport(Library)]
    internal static partial NativeStatus wma_video_append(VideoWriterHandle writer, byte* rgb, long length);

    [LibraryImport(Library)]
    internal static partial NativeStatus wma_video_finish(nint writer);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeStatus wma_video_open(string path, out VideoReaderHandle reader, out int width, out int height, out double fps, out long frames);

    [LibraryImport(Library)]
    internal static partial NativeStatus wma_video_read(VideoReaderHandle reader, byte* rgb, long length);

    [LibraryImport(Library)]
    internal static partial NativeStatus wma_video_close(nint reader);

    /// <summary>The reason of the failure that this thread's last call returned.</summary>
    internal static string LastError() => Marshal.PtrToStringUTF8(wma_media_last_error()) ?? "unknown reason";

    /// <exception cref="OpenCvException">The status is no success.</exception>
    internal static void Check(NativeStatus status)
    {
        if (status != NativeStatus.Ok)
        {
            throw new OpenCvException(LastError());
        }
    }

    /// <summary>Copies a buffer that the library gave away, and releases it.</summary>
    internal static byte[] Take(nint memory, long length)
    {
        try
        {
            return new ReadOnlySpan<byte>((void*)memory, checked((int)length)).ToArray();
        }
        finally
        {
            wma_media_free(memory);
        }
    }
}

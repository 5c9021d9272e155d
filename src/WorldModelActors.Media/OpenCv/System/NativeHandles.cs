using Microsoft.Win32.SafeHandles;

namespace WorldModelActors.Media;

/// <summary>A video being written; releasing it finishes the file.</summary>
internal sealed class VideoWriterHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => NativeMethods.wma_video_finish(handle) == NativeStatus.Ok;
}

/// <summary>A video being read.</summary>
internal sealed class VideoReaderHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => NativeMethods.wma_video_close(handle) == NativeStatus.Ok;
}

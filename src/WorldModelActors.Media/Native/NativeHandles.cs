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

/// <summary>An open HDF5 file.</summary>
internal sealed class Hdf5FileHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => NativeMethods.wma_hdf5_close(handle) == NativeStatus.Ok;
}

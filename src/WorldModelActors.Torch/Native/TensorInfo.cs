using System.Runtime.InteropServices;

namespace WorldModelActors.Torch;

/// <summary>Mirror of WmaTensorInfo: everything about a tensor but its elements.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TensorInfo
{
    public int NDim;
    public int DType;
    public int DeviceType;
    public int DeviceIndex;
    public long NumEl;
    public fixed long Sizes[12];
    public fixed long Strides[12];
}

namespace WorldModelActors.Torch;

/// <summary>c10::MemoryFormat.</summary>
public enum MemoryFormat
{
    Contiguous = 0,
    Preserve = 1,
    ChannelsLast = 2,
    ChannelsLast3d = 3,
}

/// <summary>Element order in memory, which TorchSharp's tensors do not expose.</summary>
public static class MemoryFormatExtensions
{
    /// <summary>The tensor with its elements in this order (the same tensor where they already are).</summary>
    public static Tensor Contiguous(this Tensor tensor, MemoryFormat format) => Ops.contiguous.Call(tensor, (long)format);

    /// <summary>True when the elements lie in this order.</summary>
    public static bool IsContiguous(this Tensor tensor, MemoryFormat format) =>
        NativeMethods.wma_tensor_is_contiguous(tensor.Handle, (int)format) == 1;
}

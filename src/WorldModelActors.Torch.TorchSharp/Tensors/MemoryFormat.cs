namespace WorldModelActors.Torch;

/// <summary>c10::MemoryFormat.</summary>
public enum MemoryFormat
{
    Contiguous = 0,
    Preserve = 1,
    ChannelsLast = 2,
    ChannelsLast3d = 3,
}

/// <summary>Element order in memory, which TorchSharp's tensors do not expose: it is the order of a permuted tensor's dimensions.</summary>
public static class MemoryFormatExtensions
{
    private static readonly (long[] There, long[] Back) s_pictures = ([0, 2, 3, 1], [0, 3, 1, 2]);
    private static readonly (long[] There, long[] Back) s_videos = ([0, 2, 3, 4, 1], [0, 4, 1, 2, 3]);

    /// <summary>The tensor with its elements in this order (another handle on the same elements where they already are).</summary>
    public static Tensor Contiguous(this Tensor tensor, MemoryFormat format)
    {
        if (Order(tensor, format) is not var (there, back))
            return tensor.contiguous();
        using var scope = NewDisposeScope();
        return tensor.permute(there).contiguous().permute(back).MoveToOuterDisposeScope();
    }

    /// <summary>True when the elements lie in this order.</summary>
    public static bool IsContiguous(this Tensor tensor, MemoryFormat format)
    {
        if (Order(tensor, format) is not var (there, _))
            return tensor.is_contiguous();
        using var permuted = tensor.permute(there);
        return permuted.is_contiguous();
    }

    private static (long[] There, long[] Back)? Order(Tensor tensor, MemoryFormat format) => format switch
    {
        MemoryFormat.ChannelsLast => Needs(4, s_pictures, tensor),
        MemoryFormat.ChannelsLast3d => Needs(5, s_videos, tensor),
        _ => null,
    };

    private static (long[] There, long[] Back) Needs(int dimensions, (long[] There, long[] Back) order, Tensor tensor) =>
        tensor.ndim == dimensions ? order : throw new ArgumentException($"{dimensions} dimensions have this order; the tensor has {tensor.ndim}");
}

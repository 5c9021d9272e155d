using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WorldModelActors.Torch;

/// <summary>Where a tensor's elements are.</summary>
public static unsafe class TensorAddress
{
    extension(Tensor tensor)
    {
        /// <summary>Address of the first element of a tensor on the CPU that has one; valid as long as the tensor is.</summary>
        public nint DataPointer
        {
            get
            {
                // TorchSharp gives the bytes of dense tensors below 2 GiB: a view of one element is always one.
                using var first = tensor.as_strided([1], [1]);
                return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
            }
        }
    }
}

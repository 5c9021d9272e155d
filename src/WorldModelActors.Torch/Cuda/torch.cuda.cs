namespace WorldModelActors.Torch;

public static partial class torch
{
    /// <summary>CUDA devices as a whole. Streams, events and graphs: <see cref="CudaStream"/>, <see cref="CudaEvent"/>, <see cref="CudaGraph"/>.</summary>
    public static class cuda
    {
        /// <summary>True when libtorch was built with CUDA and at least one device is there.</summary>
        public static bool is_available() => NativeMethods.wma_cuda_built() == 1 && device_count() > 0;

        public static int device_count() => NativeMethods.wma_cuda_device_count();

        /// <summary>Waits for all work of a device. For tests and measurements: the pipeline waits for events.</summary>
        /// <param name="device">A device without an index, or none: the first.</param>
        public static void synchronize(Device? device = null) =>
            NativeMethods.Check(NativeMethods.wma_cuda_synchronize(Math.Max(0, device?.index ?? 0)), $"cuda.synchronize({device ?? CUDA})");

        internal static void Require()
        {
            if (!is_available())
            {
                throw new TorchException(NativeMethods.wma_cuda_built() == 1
                    ? "no CUDA device is visible (see nvidia-smi and CUDA_VISIBLE_DEVICES)"
                    : "this libtorch has no CUDA; set LIBTORCH to a CUDA build of libtorch (or a PyTorch installation) and build again");
            }
        }
    }
}

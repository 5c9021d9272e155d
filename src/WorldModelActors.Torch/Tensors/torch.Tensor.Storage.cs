namespace WorldModelActors.Torch;

public static partial class torch
{
    public sealed partial class Tensor
    {
        public Tensor contiguous() => Ops.contiguous.Call(this);

        public Tensor clone() => Ops.clone.Call(this);

        /// <summary>The same tensor where nothing changes (another handle), otherwise a converted copy.</summary>
        /// <param name="type">Element type of the result.</param>
        /// <param name="copy">A new tensor also where nothing changes.</param>
        /// <param name="disposeAfter">Disposes this tensor once the result is there.</param>
        /// <param name="non_blocking">Copies between page-locked host memory and a device without waiting.</param>
        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Replaced(Ops.to_dtype.Call(this, Arg.Int64((long)type), non_blocking, copy), disposeAfter);

        /// <inheritdoc cref="to(ScalarType, bool, bool, bool)"/>
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(dtype, device, copy, disposeAfter, non_blocking);

        /// <inheritdoc cref="to(ScalarType, bool, bool, bool)"/>
        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Replaced(Ops.to_device.Call(this, device, Arg.Int64((long)type), non_blocking, copy), disposeAfter);

        /// <summary>To the device and type of another tensor.</summary>
        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);

        public Tensor cpu() => to(CPU);

        public Tensor cuda(int index = 0) => to(new Device(DeviceType.CUDA, index));

        public Tensor @float() => to(ScalarType.Float32);

        public Tensor @double() => to(ScalarType.Float64);

        public Tensor half() => to(ScalarType.Float16);

        public Tensor bfloat16() => to(ScalarType.BFloat16);

        public Tensor @long() => to(ScalarType.Int64);

        public Tensor @int() => to(ScalarType.Int32);

        public Tensor @byte() => to(ScalarType.Byte);

        public Tensor @bool() => to(ScalarType.Bool);

        /// <summary>Overwrites the elements with another tensor's (broadcast, converted, copied between devices).</summary>
        public Tensor copy_(Tensor source, bool nonBlocking = false) => Ops.copy_.CallInPlace(this, this, source, nonBlocking);

        public Tensor fill_(Scalar value) => Ops.fill_.CallInPlace(this, this, value);

        public Tensor zero_() => Ops.zero_.CallInPlace(this, this);

        public Tensor normal_(double mean = 0.0, double stddev = 1.0, Generator? generator = null) =>
            Ops.normal_.CallInPlace(this, this, mean, stddev, generator);

        public Tensor uniform_(double from = 0.0, double to = 1.0, Generator? generator = null) =>
            Ops.uniform_.CallInPlace(this, this, from, to, generator);

        /// <summary>A copy in page-locked host memory, from which CUDA copies without waiting.</summary>
        /// <exception cref="TorchException">There is no CUDA.</exception>
        public Tensor pin_memory()
        {
            torch.cuda.Require();
            return Ops.pin_memory.Call(this);
        }

        public bool is_pinned() => torch.cuda.is_available() && Ops.is_pinned.CallScalar(this).Int != 0;

        private Tensor Replaced(Tensor result, bool disposeAfter)
        {
            if (disposeAfter)
                Dispose();
            return result;
        }
    }
}

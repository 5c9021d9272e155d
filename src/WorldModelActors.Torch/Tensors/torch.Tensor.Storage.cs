namespace WorldModelActors.Torch;

public static partial class torch
{
    public sealed partial class Tensor
    {
        public Tensor contiguous() => Ops.contiguous.Call(this);

        public Tensor clone() => Ops.clone.Call(this);

        /// <summary>The same tensor where nothing changes (another handle), otherwise a converted copy.</summary>
        public Tensor to(ScalarType type, bool copy = false) => Ops.to_dtype.Call(this, Arg.Int64((long)type), false, copy);

        public Tensor to(Device device, bool copy = false, bool non_blocking = false) => to(device, dtype, copy, non_blocking);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool non_blocking = false) => to(device, type, copy, non_blocking);

        public Tensor to(Device device, ScalarType type, bool copy = false, bool non_blocking = false) =>
            Ops.to_device.Call(this, device, Arg.Int64((long)type), non_blocking, copy);

        /// <summary>To the device and type of another tensor.</summary>
        public Tensor to(Tensor other, bool copy = false) => to(other.device, other.dtype, copy);

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
        public Tensor copy_(Tensor source, bool non_blocking = false) => Ops.copy_.CallInPlace(this, this, source, non_blocking);

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
    }
}

namespace WorldModelActors.Torch;

public static partial class torch
{
    public sealed partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Ops.sum.Call(this, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public unsafe Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null)
        {
            fixed (long* d = dim)
                return Ops.sum_dim.Call(this, Arg.Ints(d, dim.Length), keepdim, type);
        }

        public Tensor mean() => Ops.mean.Call(this);

        public unsafe Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null)
        {
            fixed (long* d = dimensions)
                return Ops.mean_dim.Call(this, Arg.Ints(d, dimensions.Length), keepdim, type);
        }

        /// <summary>Standard deviation over all elements; <paramref name="unbiased"/>: divided by n - 1.</summary>
        public Tensor std(bool unbiased = true) => Ops.std.Call(this, Arg.None, Correction(unbiased));

        public unsafe Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false)
        {
            fixed (long* d = dimensions)
                return Ops.std.Call(this, Arg.Ints(d, dimensions.Length), Correction(unbiased), keepdim);
        }

        public Tensor var(bool unbiased = true) => Ops.var.Call(this, Arg.None, Correction(unbiased));

        public unsafe Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false)
        {
            fixed (long* d = dimensions)
                return Ops.var.Call(this, Arg.Ints(d, dimensions.Length), Correction(unbiased), keepdim);
        }

        public unsafe Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false)
        {
            fixed (long* d = dims)
                return Ops.amax.Call(this, Arg.Ints(d, dims.Length), keepdim);
        }

        public unsafe Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false)
        {
            fixed (long* d = dims)
                return Ops.amin.Call(this, Arg.Ints(d, dims.Length), keepdim);
        }

        public Tensor max() => Ops.max.Call(this);

        public Tensor min() => Ops.min.Call(this);

        public Tensor argmax() => Ops.argmax.Call(this);

        public Tensor argmax(long dim, bool keepdim = false) => Ops.argmax.Call(this, dim, keepdim);

        public Tensor argmin(long dim, bool keepdim = false) => Ops.argmin.Call(this, dim, keepdim);

        /// <summary>The p-norm over all elements.</summary>
        public Tensor norm(float p = 2.0f) => Ops.norm.Call(this, (Scalar)p);

        public Tensor all() => Ops.all.Call(this);

        public Tensor any() => Ops.any.Call(this);

        /// <summary>True when shapes and all elements are equal.</summary>
        public bool Equals(Tensor other) => Ops.equal.CallScalar(this, other).Int != 0;

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Ops.allclose.CallScalar(this, target, rtol, atol, equal_nan).Int != 0;

        public Tensor cumsum(long dim, ScalarType? type = null) => Ops.cumsum.Call(this, dim, type);

        public Tensor cumprod(long dim, ScalarType? type = null) => Ops.cumprod.Call(this, dim, type);

        private static Arg Correction(bool unbiased) => unbiased ? 1 : 0;
    }
}

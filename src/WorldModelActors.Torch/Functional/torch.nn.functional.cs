namespace WorldModelActors.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Network functions with TorchSharp's (PyTorch's) names and argument order.</summary>
        public static unsafe class functional
        {
            /// <summary>input [.., in] times weight [out, in] transposed, plus bias [out].</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) =>
                (HasOpenBlas && IsPlainCpu(input) && IsPlainCpu(weights) ? Ops.wma_linear : Ops.linear).Call(input, weights, bias);

            /// <summary>input [N, C, L], weight [O, C / groups, K] -> [N, O, L'].</summary>
            public static Tensor conv1d(
                Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null, long groups = 1)
            {
                long s = stride ?? 1, p = padding ?? 0, d = dilation ?? 1;
                return Ops.conv1d.Call(input, weight, bias, Arg.Ints(&s, 1), Arg.Ints(&p, 1), Arg.Ints(&d, 1), groups);
            }

            /// <summary>input [N, C, H, W], weight [O, C / groups, kH, kW] -> [N, O, H', W'].</summary>
            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Conv(Ops.conv2d, 2, input, weight, bias, strides, padding, dilation, groups);

            /// <summary>input [N, C, T, H, W], weight [O, C / groups, kT, kH, kW] -> [N, O, T', H', W'].</summary>
            public static Tensor conv3d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Conv(Ops.conv3d, 3, input, weight, bias, strides, padding, dilation, groups);

            /// <summary>input [N, C, L], weight [C, O / groups, K] -> [N, O, L'].</summary>
            public static Tensor conv_transpose1d(
                Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? output_padding = null, long? dilation = null, long groups = 1)
            {
                if (IsReducedOnCpu(input))
                {
                    // libtorch 1.13's CPU kernel for bfloat16 forgets that the convolution is transposed: wrong sizes.
                    using var scope = NewDisposeScope();
                    return conv_transpose1d(input.@float(), weight.@float(), bias?.@float(), stride, padding, output_padding, dilation, groups)
                        .to(input.dtype).MoveToOuterDisposeScope();
                }
                long s = stride ?? 1, p = padding ?? 0, o = output_padding ?? 0, d = dilation ?? 1;
                return Ops.conv_transpose1d.Call(
                    input, weight, bias, Arg.Ints(&s, 1), Arg.Ints(&p, 1), Arg.Ints(&o, 1), groups, Arg.Ints(&d, 1));
            }

            /// <summary>Normalises each of num_groups groups of channels of input [N, C, *] over the group and all positions.</summary>
            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05)
            {
                if (input.dtype is ScalarType.Float32 || input.device.type != DeviceType.CPU || input.is_contiguous())
                    return Ops.group_norm.Call(input, num_groups, weight, bias, eps);
                // libtorch 1.13's CPU kernel is wrong for bfloat16 in channels-last order (relative errors near 1).
                using var dense = input.contiguous();
                return Ops.group_norm.Call(dense, num_groups, weight, bias, eps);
            }

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05)
            {
                fixed (long* s = normalized_shape)
                    return Ops.layer_norm.Call(input, Arg.Ints(s, normalized_shape.Length), weight, bias, eps);
            }

            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_() : x.silu();

            /// <summary>The exact (erf) form.</summary>
            public static Tensor gelu(Tensor x) =>
                (IsPlainCpu(x) ? Ops.wma_gelu : Ops.gelu).Call(x);

            public static Tensor mish(Tensor x)
            {
                // libtorch 1.13's CPU kernel knows float32 and float64 only; later ones compute in float32 too.
                if (!IsReducedOnCpu(x))
                    return Ops.mish.Call(x);
                using var scope = NewDisposeScope();
                return Ops.mish.Call(x.@float()).to(x.dtype).MoveToOuterDisposeScope();
            }

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_() : x.relu();

            public static Tensor tanh(Tensor x) => x.tanh();

            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null)
            {
                long k0 = kernel_size, s0 = stride ?? kernel_size, p0 = padding ?? 0;
                var k = stackalloc long[] { k0, k0 };
                var s = stackalloc long[] { s0, s0 };
                var p = stackalloc long[] { p0, p0 };
                return Ops.max_pool2d.Call(input, Arg.Ints(k, 2), Arg.Ints(s, 2), Arg.Ints(p, 2));
            }

            public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null)
            {
                long k0 = kernel_size, s0 = stride ?? kernel_size, p0 = padding ?? 0;
                var k = stackalloc long[] { k0, k0 };
                var s = stackalloc long[] { s0, s0 };
                var p = stackalloc long[] { p0, p0 };
                return Ops.avg_pool2d.Call(input, Arg.Ints(k, 2), Arg.Ints(s, 2), Arg.Ints(p, 2));
            }

            /// <summary>Resizes x [N, C, H, W] to a size or by factors.</summary>
            public static Tensor interpolate(
                Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null)
            {
                if ((size is null) == (scale_factor is null))
                    throw new ArgumentException("interpolate needs either size or scale_factor");
                if (x.dim() != 4)
                    throw new TorchException($"interpolate: needs [N, C, H, W], got [{string.Join(", ", x.shape)}]");
                var target = stackalloc long[2];
                Arg scaleH = Arg.None, scaleW = Arg.None;
                if (size is not null)
                {
                    target[0] = size[0];
                    target[1] = size[^1];
                }
                else
                {
                    target[0] = (long)(x.shape[2] * scale_factor![0]);
                    target[1] = (long)(x.shape[3] * scale_factor[^1]);
                    scaleH = scale_factor[0];
                    scaleW = scale_factor[^1];
                }
                var out_size = Arg.Ints(target, 2);
                return mode switch
                {
                    InterpolationMode.Nearest => Ops.upsample_nearest2d.Call(x, out_size, scaleH, scaleW),
                    InterpolationMode.Bilinear => Ops.upsample_bilinear2d.Call(x, out_size, align_corners ?? false, scaleH, scaleW),
                    InterpolationMode.Bicubic => Ops.upsample_bicubic2d.Call(x, out_size, align_corners ?? false, scaleH, scaleW),
                    _ => throw new ArgumentException($"interpolate: mode {mode} is not for [N, C, H, W]"),
                };
            }

            /// <summary>Pads the last dimensions; pad = (left, right) of the last, then of the one before, ...</summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                var name = mode switch
                {
                    PaddingModes.Reflect => "reflect"u8,
                    PaddingModes.Replicate => "replicate"u8,
                    PaddingModes.Circular => "circular"u8,
                    _ => "constant"u8,
                };
                fixed (long* p = pad)
                fixed (byte* n = name)
                    return Ops.pad.Call(input, Arg.Ints(p, pad.Length), Arg.String(n, name.Length), mode == PaddingModes.Constant ? value : Arg.None);
            }

            /// <summary>softmax(q k^T / sqrt(d) + attn_mask) v for q [.., L, d], k, v [.., S, d].</summary>
            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false) =>
                Sdpa.Attend(query, key, value, attn_mask, is_casual);

            // Debian's libtorch 1.13 multiplies with OpenBLAS, whose threads fight with libtorch's. Wheels since 2.0, told by the attention
            // of their own, come with a library that shares them.
            private static bool HasOpenBlas => !Sdpa.IsNative;

            private static bool IsReducedOnCpu(Tensor x) =>
                x.dtype is ScalarType.BFloat16 or ScalarType.Float16 && x.device.type == DeviceType.CPU;

            /// <summary>True where the shim's own kernels apply.</summary>
            private static bool IsPlainCpu(Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.device.type == DeviceType.CPU;

            private static Tensor Conv(
                Operator op, int dims, Tensor input, Tensor weight, Tensor? bias, long[]? strides, long[]? padding, long[]? dilation, long groups)
            {
                var all = stackalloc long[3 * dims];
                Fill(all, dims, strides, 1);
                Fill(all + dims, dims, padding, 0);
                Fill(all + (2 * dims), dims, dilation, 1);
                return op.Call(input, weight, bias, Arg.Ints(all, dims), Arg.Ints(all + dims, dims), Arg.Ints(all + (2 * dims), dims), groups);
            }

            private static void Fill(long* target, int dims, long[]? values, long otherwise)
            {
                if (values is not null && values.Length != 1 && values.Length != dims)
                    throw new ArgumentException($"convolution over {dims} dimensions: {values.Length} strides, paddings or dilations; give 1 or {dims}");
                for (var i = 0; i < dims; i++)
                    target[i] = values is null ? otherwise : values.Length == 1 ? values[0] : values[i];
            }
        }
    }
}

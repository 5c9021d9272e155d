using static WorldModelActors.Torch.Tests.Expect;
using static WorldModelActors.Torch.torch;
using F = WorldModelActors.Torch.torch.nn.functional;

namespace WorldModelActors.Torch.Tests.Operators;

internal static partial class OperatorTable
{
    private static IEnumerable<(string Call, Action Check)> Networks()
    {
        yield return ("F.linear(Tensor, Tensor, Tensor)", () =>
        {
            Matrix(F.linear(M(1, 2, 1, 2), M(3, 2, 1, 0, 0, 1, 1, 1), V(10, 20, 30)), 1, 3, 11, 22, 33);
            Vector(F.linear(V(1, 2), M(1, 2, 3, 4)), 11);
        }
        );
        yield return ("F.conv1d(Tensor, Tensor, Tensor, long?, long?, long?, long)", () =>
        {
            var x = tensor([1f, 2, 3, 4, 5], [1, 1, 5]);
            var w = tensor([1f, 0, -1], [1, 1, 3]);
            Values(F.conv1d(x, w, V(10)), [1, 1, 3], [8, 8, 8]);
            Values(F.conv1d(x, w, stride: 2, padding: 1), [1, 1, 3], [-2, -2, 4]);
            Values(F.conv1d(x, w, dilation: 2), [1, 1, 1], [-4]);
            Values(F.conv1d(x.expand(1, 2, 5), w.repeat(2, 1, 1), groups: 2), [1, 2, 3], [-2, -2, -2, -2, -2, -2]);
        }
        );
        yield return ("F.conv2d(Tensor, Tensor, Tensor, long[], long[], long[], long)", () =>
        {
            var x = arange(9, dtype: ScalarType.Float32).reshape(1, 1, 3, 3);
            var w = tensor([1f, 2, 3, 4], [1, 1, 2, 2]);
            Values(F.conv2d(x, w, V(1)), [1, 1, 2, 2], [28, 38, 58, 68]);
            Values(F.conv2d(x, w, padding: [1], strides: [2]), [1, 1, 2, 2], [0, 11, 30, 67]);
            Values(F.conv2d(x, w, padding: [0, 1], strides: [1, 2]), [1, 1, 2, 2], [12, 37, 30, 67]);
            Values(F.conv2d(x, w, dilation: [2]), [1, 1, 1, 1], [0 + 4 + 18 + 32]);
            Assert.Throws<ArgumentException>(() => F.conv2d(x, w, padding: [1, 1, 1]));
        }
        );
        yield return ("F.conv3d(Tensor, Tensor, Tensor, long[], long[], long[], long)", () =>
        {
            // A temporal kernel of three frames, one pixel: the padded ends see two frames only.
            var x = arange(8, dtype: ScalarType.Float32).reshape(1, 1, 4, 1, 2);
            var w = ones([1, 1, 3, 1, 1]);
            Values(F.conv3d(x, w, padding: [1, 0, 0]), [1, 1, 4, 1, 2], [2, 4, 6, 9, 12, 15, 10, 12]);
        }
        );
        yield return ("F.conv_transpose1d(Tensor, Tensor, Tensor, long?, long?, long?, long?, long)", () =>
        {
            var x = tensor([1f, 2], [1, 1, 2]);
            var w = tensor([1f, 10, 100], [1, 1, 3]);
            Values(F.conv_transpose1d(x, w), [1, 1, 4], [1, 12, 120, 200]);
            Values(F.conv_transpose1d(x, w, V(1), stride: 2, padding: 1, output_padding: 1), [1, 1, 4], [11, 103, 21, 201]);
            Values(F.conv_transpose1d(x, w, dilation: 2), [1, 1, 6], [1, 2, 10, 20, 100, 200]);
            Values(F.conv_transpose1d(x.repeat(1, 2, 1), w.repeat(2, 1, 1), groups: 2), [1, 2, 4], [1, 12, 120, 200, 1, 12, 120, 200]);
        }
        );
        yield return ("F.group_norm(Tensor, long, Tensor, Tensor, double)", () =>
        {
            // Two groups of two channels; each group is normalised over 2 x 2 elements.
            var x = tensor([1f, 3, 1, 3, 0, 0, 4, 4], [1, 4, 2]);
            Values(F.group_norm(x, 2, V(1, 1, 2, 2), V(0, 0, 0, 1), 0), [1, 4, 2], [-1, 1, -1, 1, -2, -2, 3, 3]);
            Values(F.group_norm(x, 2), [1, 4, 2], [-1, 1, -1, 1, -1, -1, 1, 1], 1e-5);
        }
        );
        yield return ("F.layer_norm(Tensor, long[], Tensor, Tensor, double)", () =>
        {
            Matrix(F.layer_norm(M(2, 2, 1, 3, 10, 20), [2], V(2, 2), V(0, 1), 0), 2, 2, -2, 3, -2, 3);
            Values(F.layer_norm(M(2, 2, 1, 3, 10, 20), [2]), [2, 2], [-1, 1, -1, 1], 1e-5);
        }
        );
        yield return ("F.silu(Tensor, bool)", () =>
        {
            Vector(F.silu(V(0, 2)), 0, 2 * Sigmoid(2));
            InPlace(V(0, 2), t => F.silu(t, inplace: true), 0, 2 * Sigmoid(2));
        }
        );
        yield return ("F.gelu(Tensor)", () => Vector(F.gelu(V(0, 1, -1)), 0, 0.8413447460685429, -0.15865525393145707));
        yield return ("F.mish(Tensor)", () => Vector(F.mish(V(0, 1)), 0, Math.Tanh(Math.Log(1 + Math.E))));
        yield return ("F.relu(Tensor, bool)", () => InPlace(V(-1, 2), t => F.relu(t, inplace: true), 0, 2));
        yield return ("F.tanh(Tensor)", () => Vector(F.tanh(V(0, 1)), 0, Math.Tanh(1)));
        yield return ("F.sigmoid(Tensor)", () => Vector(F.sigmoid(V(0, 2)), 0.5, Sigmoid(2)));
        yield return ("F.softmax(Tensor, long, ScalarType?)", () => Vector(F.softmax(V(1, 1, 1, 1), 0), 0.25, 0.25, 0.25, 0.25));
        yield return ("F.max_pool2d(Tensor, long, long?, long?)", () =>
        {
            var x = arange(16, dtype: ScalarType.Float32).reshape(1, 1, 4, 4);
            Values(F.max_pool2d(x, 2), [1, 1, 2, 2], [5, 7, 13, 15]);
            Values(F.max_pool2d(x, 3, stride: 2, padding: 1), [1, 1, 2, 2], [5, 7, 13, 15]);
            Values(F.max_pool2d(x, 3, stride: 1), [1, 1, 2, 2], [10, 11, 14, 15]);
        }
        );
        yield return ("F.avg_pool2d(Tensor, long, long?, long?)", () =>
        {
            var x = arange(16, dtype: ScalarType.Float32).reshape(1, 1, 4, 4);
            Values(F.avg_pool2d(x, 2), [1, 1, 2, 2], [2.5, 4.5, 10.5, 12.5]);
            Values(F.avg_pool2d(x, 2, stride: 4, padding: 1), [1, 1, 2, 2], [0, 0.75, 3, 3.75]);
        }
        );
        yield return ("F.interpolate(Tensor, long[], double[], InterpolationMode, bool?)", () =>
        {
            var x = tensor([0f, 1, 2, 3], [1, 1, 2, 2]);
            Values(F.interpolate(x, scale_factor: [2, 2]), [1, 1, 4, 4], [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3]);
            Values(F.interpolate(x, size: [1, 3], mode: InterpolationMode.Bilinear, align_corners: true), [1, 1, 1, 3], [0, 0.5, 1]);
            Values(F.interpolate(x, size: [2, 4], mode: InterpolationMode.Bilinear), [1, 1, 2, 4], [0, 0.25, 0.75, 1, 2, 2.25, 2.75, 3]);
            // Cubic convolution keeps a constant image and, with aligned corners, the corners.
            Values(F.interpolate(ones([1, 1, 4, 4]), size: [5, 5], mode: InterpolationMode.Bicubic), [1, 1, 5, 5], [.. Enumerable.Repeat(1.0, 25)]);
            var cubic = F.interpolate(x, size: [4, 4], mode: InterpolationMode.Bicubic, align_corners: true);
            Assert.Equal((0f, 3f), (cubic[0, 0, 0, 0].ToSingle(), cubic[0, 0, 3, 3].ToSingle()));
            Assert.Throws<ArgumentException>(() => F.interpolate(x));
            Assert.Throws<ArgumentException>(() => F.interpolate(x, size: [1, 1], mode: InterpolationMode.Linear));
            Assert.Throws<TorchException>(() => F.interpolate(x.squeeze(), size: [1, 1]));
        }
        );
        yield return ("F.pad(Tensor, long[], PaddingModes, double)", () =>
        {
            var x = tensor([1f, 2, 3], [1, 1, 3]);
            Values(F.pad(x, [1, 2]), [1, 1, 6], [0, 1, 2, 3, 0, 0]);
            Values(F.pad(x, [0, 1, 1, 0], PaddingModes.Constant, 9), [1, 2, 4], [9, 9, 9, 9, 1, 2, 3, 9]);
            Values(F.pad(x, [-1, 0]), [1, 1, 2], [2, 3]);
            Values(F.pad(x, [2, 1], PaddingModes.Reflect), [1, 1, 6], [3, 2, 1, 2, 3, 2]);
            Values(F.pad(x, [2, 1], PaddingModes.Replicate), [1, 1, 6], [1, 1, 1, 2, 3, 3]);
            Values(F.pad(x, [2, 1], PaddingModes.Circular), [1, 1, 6], [2, 3, 1, 2, 3, 1]);
            Values(F.pad(x, [1, 0], PaddingModes.Zeros), [1, 1, 4], [0, 1, 2, 3]);
        }
        );
        yield return ("F.scaled_dot_product_attention(Tensor, Tensor, Tensor, Tensor, double, bool)", () =>
        {
            // Equal scores average the values; the causal mask lets the first query see the first key only.
            var q = zeros([1, 1, 2, 4]);
            var v = tensor([0f, 2], [1, 1, 2, 1]);
            Values(F.scaled_dot_product_attention(q, q, v), [1, 1, 2, 1], [1, 1]);
            Values(F.scaled_dot_product_attention(q, q, v, is_casual: true), [1, 1, 2, 1], [0, 1]);
        }
        );
    }
}

using static WorldModelActors.Torch.torch;
using F = WorldModelActors.Torch.torch.nn.functional;

namespace WorldModelActors.Torch.Tests;

/// <summary>Our CUDA kernels against the plain operators in float64 on the same device.</summary>
public sealed class FusedKernelTests : IDisposable
{
    private readonly DisposeScope? _scope;
    private readonly long _before = Tensor.TotalCount;

    public FusedKernelTests()
    {
        Assert.SkipUnless(cuda.is_available(), "no CUDA device here");
        Assert.SkipUnless(FusedKernels.Exist, "the shim was built without nvcc, or WMA_KERNELS=off");
        _scope = NewDisposeScope();
    }

    public void Dispose()
    {
        if (_scope is null)
            return;
        _scope.Dispose();
        Assert.Equal(_before, Tensor.TotalCount);
    }

    public static TheoryData<long, long, long, long, bool, ScalarType> GroupNorms => new()
    {
        // Samples, rows a sample, channels, shifts, SiLU, type
        { 16, 2560, 320, 0, true, ScalarType.Float16 },
        { 16, 640, 640, 1, true, ScalarType.Float16 },
        { 1, 40960, 320, 1, true, ScalarType.Float16 },
        { 2, 2560, 1280, 2, false, ScalarType.Float16 },
        { 32, 40, 2560, 2, true, ScalarType.BFloat16 },
        { 3, 7, 64, 3, false, ScalarType.Float16 },
        { 1, 1, 256, 0, false, ScalarType.BFloat16 },
        { 5, 1000, 128, 5, true, ScalarType.BFloat16 },
    };

    [Theory]
    [MemberData(nameof(GroupNorms))]
    public void Group_norm_of_rows(long samples, long rows, long channels, long shifts, bool silu, ScalarType type)
    {
        var x = (Draw(1, samples, rows, channels) * 2 + 1).to(type);
        var shift = shifts == 0 ? null : Draw(2, shifts, channels);
        var (weight, bias) = ((Draw(3, channels) * 0.1 + 1).to(type), Draw(4, channels).to(type));
        var y = FusedKernels.GroupNorm(x, shift, weight, bias, samples, 32, 1e-5, silu);
        var wide = x.@double();
        if (shift is not null)
            wide = wide + shift.@double().repeat_interleave(samples / shifts, 0).unsqueeze(1);
        var expected = F.group_norm(wide.transpose(1, 2).contiguous(), 32, weight.@double(), bias.@double(), 1e-5).transpose(1, 2);
        Near(silu ? F.silu(expected) : expected, y, type);
        // The same numbers on every run.
        Assert.True(y.Equals(FusedKernels.GroupNorm(x, shift, weight, bias, samples, 32, 1e-5, silu)));
    }

    [Theory]
    [InlineData(64, ScalarType.Float16)]
    [InlineData(128, ScalarType.BFloat16)]
    [InlineData(256, ScalarType.Float16)]
    [InlineData(320, ScalarType.Float16)]
    [InlineData(512, ScalarType.Float16)]
    [InlineData(640, ScalarType.BFloat16)]
    [InlineData(1024, ScalarType.Float16)]
    [InlineData(1280, ScalarType.Float16)]
    public void Layer_norm_of_rows(long channels, ScalarType type)
    {
        Assert.True(FusedKernels.HasLayerNorm(channels));
        var x = (Draw(1, 3, 333, channels) * 3 - 1).to(type);
        var shift = Draw(2, channels);
        var (weight, bias) = (Draw(3, channels).to(type), Draw(4, channels).to(type));
        Tensor Expected(Tensor input) => F.layer_norm(input, [channels], weight.@double(), bias.@double(), 1e-5);
        Near(Expected(x.@double()), FusedKernels.LayerNorm(x, null, weight, bias, 1e-5), type);
        Near(Expected(x.@double() + shift.@double()), FusedKernels.LayerNorm(x, shift, weight, bias, 1e-5), type);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Attention_over_frames(ScalarType type)
    {
        var qkv = (Draw(1, 2, 16, 37, 3 * 5 * 64) * 2).to(type);
        // [B, T, P, 3, H, d] -> three of [B, P, H, T, d]
        var parts = qkv.@double().view(2, 16, 37, 3, 5, 64).permute(3, 0, 2, 4, 1, 5);
        var weights = (parts[0].matmul(parts[1].transpose(-1, -2)) / 8).softmax(-1);
        Near(weights.matmul(parts[2]).permute(0, 3, 1, 2, 4).reshape(2, 16, 37, 320), FusedKernels.FrameAttention(qkv, 5), type);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Gate_and_additions(ScalarType type)
    {
        var x = Draw(1, 3, 17, 2 * 40).to(type);
        Near(x.@double().narrow(-1, 0, 40) * F.gelu(x.@double().narrow(-1, 40, 40)), FusedKernels.Geglu(x), type);

        var (self, other, bias) = (Draw(2, 5, 7, 40).to(type), Draw(3, 5, 7, 40).to(type), Draw(4, 40));
        var sum = self.@double() + other.@double() + bias.@double();
        Assert.Same(self, FusedKernels.AddWithBias_(self, other, bias));
        Near(sum, self, type);

        var (biased, plain) = (Draw(8, 5, 7, 40).to(type), Draw(9, 5, 7, 24).to(type));
        var (wide, joined) = (biased.@double() + bias.@double(), plain.@double());
        Near(cat([wide, joined], -1), FusedKernels.Join(biased, bias, plain), type);
        Near(cat([biased.@double(), joined], -1), FusedKernels.Join(biased, null, plain), type);
        Assert.Same(biased, FusedKernels.AddBias_(biased, bias));
        Near(wide, biased, type);

        var (acc, a, b) = (Draw(5, 70, 24).to(type), Draw(6, 70, 32).to(type), Draw(7, 32, 24).to(type));
        var expected = acc.@double() + a.@double().matmul(b.@double());
        FusedKernels.AddMatmul_(acc, a, b);
        Near(expected, acc, type);
    }

    [Theory]
    [InlineData(2, 5, 8, 320, ScalarType.Float16)]
    [InlineData(1, 1, 3, 8, ScalarType.BFloat16)]
    public void Every_row_and_every_column_twice(long pictures, long height, long width, long channels, ScalarType type)
    {
        var x = Draw(1, pictures, height, width, channels).to(type);
        Assert.True(x.repeat_interleave(2, 1).repeat_interleave(2, 2).Equals(FusedKernels.Enlarge(x)));
    }

    /// <summary>Weights that stay (up to 640 channels) and that come by, tiles that rows end within, several chunks of rows.</summary>
    [Theory]
    [InlineData(1, 320, 1280, ScalarType.Float16)]
    [InlineData(5000, 320, 1280, ScalarType.Float16)]
    [InlineData(777, 192, 384, ScalarType.BFloat16)]
    [InlineData(5000, 640, 2560, ScalarType.Float16)]
    [InlineData(129, 448, 128, ScalarType.BFloat16)]
    [InlineData(2560, 1280, 5120, ScalarType.Float16)]
    [InlineData(300, 704, 256, ScalarType.BFloat16)]
    public void Gated_product(long rows, long inputs, long channels, ScalarType type)
    {
        var weight = (Draw(2, 2 * channels, inputs) / Math.Sqrt(inputs)).to(type);
        Assert.SkipUnless(FusedKernels.HasLinearGeglu(weight), "not a device of compute capability 9.0, or the shim was built for another one");
        var (x, bias) = (Draw(1, 1, rows, inputs).to(type), Draw(3, 2 * channels).to(type));
        var wide = x.@double().matmul(weight.@double().transpose(0, 1)) + bias.@double();
        var expected = wide.narrow(-1, 0, channels) * F.gelu(wide.narrow(-1, channels, channels));
        Near(expected, FusedKernels.LinearGeglu(x, weight, bias), type);
        Near(expected, FusedKernels.Geglu(F.linear(x, weight, bias)), type);
        // The same numbers on every run.
        Assert.True(FusedKernels.LinearGeglu(x, weight, bias).Equals(FusedKernels.LinearGeglu(x, weight, bias)));
    }

    /// <summary>No kernel for other widths; the operator says so by name.</summary>
    [Theory]
    [InlineData(96, 128)]
    [InlineData(64, 64)]
    public void Widths_without_a_gated_product(long inputs, long channels)
    {
        var (x, weight, bias) = (zeros([4, inputs], ScalarType.Float16, Gpu), zeros([2 * channels, inputs], ScalarType.Float16, Gpu), zeros([2 * channels], ScalarType.Float16, Gpu));
        Assert.False(FusedKernels.HasLinearGeglu(weight));
        Assert.Contains("linear_geglu: no kernel", Assert.Throws<TorchException>(() => FusedKernels.LinearGeglu(x, weight, bias)).Message);
        Assert.Contains("do not fit", Assert.Throws<TorchException>(() => FusedKernels.LinearGeglu(x, weight.transpose(0, 1).contiguous(), bias)).Message);
    }

    /// <summary>Frames in the middle of a tile, keys of one piece and of several, shared and not, with and without a limit.</summary>
    [Theory]
    [InlineData(2, 16, 300, 5, ScalarType.Float16)]
    [InlineData(1, 4, 128, 1, ScalarType.BFloat16)]
    [InlineData(3, 2, 17, 2, ScalarType.Float16)]
    public void Attention_to_several_branches(long batch, long frames, long queries, long heads, ScalarType type)
    {
        var rows = batch * frames;
        var query = (Draw(1, rows, queries, heads * 64) * 2).to(type);
        (long Keys, long Rows, long Seen)[] branches = [(2, batch, 0), (77, batch, 0), (16, rows, 0), (frames * 16, rows, 16)];
        var keys = branches.Select((b, i) => (Draw(10 + i, b.Rows, heads, b.Keys, 64) * 2).to(type)).ToArray();
        var values = branches.Select((b, i) => Draw(20 + i, b.Rows, heads, b.Keys, 64).to(type)).ToArray();
        // [N, L, H, d] -> [N, H, L, d]
        var q = query.@double().view(rows, queries, heads, 64).transpose(1, 2);
        var expected = zeros_like(q);
        for (var i = 0; i < branches.Length; i++)
        {
            var (k, v) = (keys[i].@double().repeat_interleave(rows / branches[i].Rows, 0), values[i].@double().repeat_interleave(rows / branches[i].Rows, 0));
            var scores = q.matmul(k.transpose(-1, -2)) / 8;
            if (branches[i].Seen > 0)
            {
                var limit = arange(rows, device: Gpu).remainder(frames).add(1).mul(branches[i].Seen).view(rows, 1, 1, 1);
                scores = scores.masked_fill(arange(branches[i].Keys, device: Gpu).view(1, 1, 1, -1).ge(limit), double.NegativeInfinity);
            }
            expected = expected + scores.softmax(-1).matmul(v);
        }
        Near(
            expected.transpose(1, 2).reshape(rows, queries, heads * 64),
            FusedKernels.BranchAttention(query, keys, values, [.. branches.Select(b => b.Seen)], frames), type);
        Assert.Contains("branch_attention", Assert.Throws<TorchException>(() => FusedKernels.BranchAttention(query, keys[..1], values[1..2], [0], frames)).Message);
    }

    [Theory]
    [InlineData(3, 8, 8, 64, ScalarType.Float16)]
    [InlineData(2, 40, 64, 40, ScalarType.Float16)]
    [InlineData(16, 5, 8, 320, ScalarType.BFloat16)]
    [InlineData(1, 1, 1, 8, ScalarType.Float16)]
    public void Key_points_under_a_softmax(long rows, long height, long width, long channels, ScalarType type)
    {
        var logits = (Draw(1, rows, height, width, channels) * 3).to(type);
        var (x, y) = (Draw(2, 1, height * width), Draw(3, 1, height * width));
        var temperature = full([1], 1.5, ScalarType.Float32, Gpu);
        var weights = (logits.@double().flatten(1, 2).transpose(1, 2) / 1.5).softmax(-1);
        Near(weights.matmul(cat([x, y], 0).transpose(0, 1).@double()), FusedKernels.KeyPoints(logits, x, y, temperature), type);
    }

    [Fact]
    public void Wrong_shapes_are_refused_by_name()
    {
        var x = zeros([4, 64], ScalarType.Float16, Gpu);
        var row = zeros([64], ScalarType.Float16, Gpu);
        Assert.Contains("group_norm_rows", Assert.Throws<TorchException>(() => FusedKernels.GroupNorm(x, null, row, row, 3, 32, 1e-5, false)).Message);
        Assert.Contains("8 k channels", Assert.Throws<TorchException>(() => FusedKernels.Geglu(zeros([4, 6], ScalarType.Float16, Gpu))).Message);
        Assert.Contains("float16 or bfloat16", Assert.Throws<TorchException>(() => FusedKernels.Geglu(zeros([4, 64], ScalarType.Float32, Gpu))).Message);
        Assert.Contains("frame_attention", Assert.Throws<TorchException>(() => FusedKernels.FrameAttention(zeros([1, 8, 3, 192], ScalarType.Float16, Gpu), 1)).Message);
    }

    private static Device Gpu => new(DeviceType.CUDA, 0);

    private static Tensor Draw(int seed, params long[] shape)
    {
        using var generator = new Generator((ulong)seed);
        return randn(shape, generator: generator).to(Gpu);
    }

    /// <summary>Within twice the rounding of the result's type.</summary>
    private static void Near(Tensor expected, Tensor actual, ScalarType type)
    {
        Assert.Equal(type, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        var error = (actual.@double() - expected).norm().ToDouble() / expected.norm().ToDouble();
        Assert.True(error <= (type == ScalarType.Float16 ? 6e-4 : 5e-3), $"relative error {error:0.0e-0}");
    }
}

using static WorldModelActors.Torch.Tests.Expect;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests.Operators;

internal static partial class OperatorTable
{
    private static IEnumerable<(string Call, Action Check)> Storage()
    {
        yield return ("Tensor.contiguous()", () =>
        {
            var t = Grid().t();
            Assert.False(t.is_contiguous());
            Assert.True(t.contiguous().is_contiguous());
            Matrix(t.contiguous(), 3, 2, 0, 3, 1, 4, 2, 5);
        }
        );
        yield return ("Tensor.clone()", () =>
        {
            var t = V(1, 2);
            t.clone().zero_();
            Vector(t, 1, 2);
        }
        );
        yield return ("Tensor.to(ScalarType, bool, bool, bool)", () =>
        {
            Vector(V(1.5f, -1.5f).to(ScalarType.Int64), 1, -1);
            var t = V(1, 2);
            Assert.Equal(t.DataPointer, t.to(ScalarType.Float32).DataPointer);
            Assert.NotEqual(t.DataPointer, t.to(ScalarType.Float32, copy: true).DataPointer);
            t.to(ScalarType.Float64, disposeAfter: true);
            Assert.True(t.IsInvalid);
        }
        );
        yield return ("Tensor.to(Device, bool, bool, bool)", () => Vector(V(1, 2).to(CPU, copy: true), 1, 2));
        yield return ("Tensor.to(ScalarType, Device, bool, bool, bool)", () =>
        {
            Assert.Equal(ScalarType.Float16, V(1).to(ScalarType.Float16, CPU).dtype);
            Assert.Equal(DeviceType.META, V(1).to(ScalarType.Int8, META).device.type);
        }
        );
        yield return ("Tensor.to(Tensor, bool)", () => Assert.Equal(ScalarType.Float64, V(1).to(tensor(0.0)).dtype));
        yield return ("Tensor.cpu()", () => Vector(V(1, 2).cpu(), 1, 2));
        yield return ("Tensor.cuda(int)", () =>
        {
            if (cuda.is_available())
                Assert.Equal("cuda:0", V(1).cuda().device.ToString());
            else
                Assert.Throws<TorchException>(() => V(1).cuda());
        }
        );
        yield return ("Tensor.float()", () => Assert.Equal(ScalarType.Float32, tensor([1.0]).@float().dtype));
        yield return ("Tensor.double()", () => Assert.Equal(ScalarType.Float64, V(1).@double().dtype));
        yield return ("Tensor.half()", () =>
        {
            // 2049 has no float16 neighbour closer than 2048.
            var t = V(1.5f, 2049).half();
            Assert.Equal(ScalarType.Float16, t.dtype);
            Vector(t, 1.5, 2048);
        }
        );
        yield return ("Tensor.bfloat16()", () =>
        {
            var t = V(1.5f, 257).bfloat16();
            Assert.Equal(ScalarType.BFloat16, t.dtype);
            Vector(t, 1.5, 256);
        }
        );
        yield return ("Tensor.long()", () => Assert.Equal(ScalarType.Int64, V(1).@long().dtype));
        yield return ("Tensor.int()", () => Assert.Equal(ScalarType.Int32, V(1).@int().dtype));
        yield return ("Tensor.byte()", () => Assert.Equal([200], V(200).@byte().data<byte>().ToArray()));
        yield return ("Tensor.bool()", () => Truth(V(0, 0.5f).@bool(), false, true));
        yield return ("Tensor.copy_(Tensor, bool)", () => InPlace(V(1, 2), t => t.copy_(tensor([7L])), 7, 7));
        yield return ("Tensor.fill_(Scalar)", () => InPlace(V(1, 2), t => t.fill_(0.5), 0.5, 0.5));
        yield return ("Tensor.zero_()", () => InPlace(V(1, 2), t => t.zero_(), 0, 0));
        yield return ("Tensor.normal_(double, double, Generator)", () =>
        {
            using var generator = new Generator(7);
            var t = zeros([10000]);
            Assert.Same(t, t.normal_(5, 2, generator));
            Values(t.mean(), [], [5], 0.02);
            Values(t.std(), [], [2], 0.03);
        }
        );
        yield return ("Tensor.uniform_(double, double, Generator)", () =>
        {
            using var generator = new Generator(7);
            var t = zeros([10000]);
            Assert.Same(t, t.uniform_(-1, 3, generator));
            Values(t.mean(), [], [1], 0.05);
            Assert.True(t.min().ToSingle() >= -1 && t.max().ToSingle() < 3);
        }
        );
        yield return ("Tensor.pin_memory()", () =>
        {
            if (cuda.is_available())
                Assert.True(V(1, 2).pin_memory().is_pinned());
            else
                Assert.Contains("CUDA", Assert.Throws<TorchException>(() => V(1).pin_memory()).Message, StringComparison.Ordinal);
        }
        );
        yield return ("Tensor.is_pinned()", () => Assert.False(V(1).is_pinned()));
    }

    private static IEnumerable<(string Call, Action Check)> Handles()
    {
        yield return ("Tensor.dim()", () => Assert.Equal(2, Grid().dim()));
        yield return ("Tensor.size()", () => Assert.Equal([2, 3], Grid().size()));
        yield return ("Tensor.size(int)", () =>
        {
            Assert.Equal(3, Grid().size(1));
            Assert.Equal(2, Grid().size(-2));
            Assert.Contains("[2, 3]", Assert.Throws<TorchException>(() => Grid().size(2)).Message, StringComparison.Ordinal);
        }
        );
        yield return ("Tensor.numel()", () => Assert.Equal(6, Grid().numel()));
        yield return ("Tensor.element_size()", () =>
        {
            Assert.Equal(4, V(1).element_size());
            Assert.Equal(2, V(1).bfloat16().element_size());
        }
        );
        yield return ("Tensor.is_contiguous()", () => Assert.True(Grid().is_contiguous()));
        yield return ("Tensor.stride()", () => Assert.Equal([1, 3], Grid().t().stride()));
        yield return ("Tensor.data()", () => Assert.Equal([0f, 3, 1, 4, 2, 5], Grid().t().data<float>().ToArray()));
        yield return ("Tensor.item()", () => Assert.Equal(2.5f, tensor(2.5f).item<float>()));
        yield return ("Tensor.ToSingle()", () => Assert.Equal(2.5f, tensor(2.5f).ToSingle()));
        yield return ("Tensor.ToDouble()", () => Assert.Equal(0.1, tensor(0.1).ToDouble()));
        yield return ("Tensor.ToInt64()", () => Assert.Equal(long.MaxValue, tensor(long.MaxValue).ToInt64()));
        yield return ("Tensor.ToBoolean()", () => Assert.True(tensor(true).ToBoolean()));
        yield return ("Tensor.alias()", () =>
        {
            var t = V(1, 2);
            var alias = t.alias();
            t.Dispose();
            Vector(alias, 1, 2);
        }
        );
        yield return ("Tensor.MoveToOuterDisposeScope()", () =>
        {
            Tensor kept;
            using (NewDisposeScope())
                kept = V(1).MoveToOuterDisposeScope();
            Vector(kept, 1);
        }
        );
        yield return ("Tensor.DetachFromDisposeScope()", () =>
        {
            Tensor kept;
            using (NewDisposeScope())
                kept = V(1).DetachFromDisposeScope();
            Vector(kept, 1);
            kept.Dispose();
        }
        );
        yield return ("Tensor.Dispose()", () =>
        {
            var t = V(1);
            t.Dispose();
            t.Dispose();
            Assert.True(t.IsInvalid);
        }
        );
    }

    private static IEnumerable<(string Call, Action Check)> Factories()
    {
        yield return ("torch.empty(ReadOnlySpan<long>, ScalarType?, Device)", () => Assert.Equal([2, 0, 3], empty([2, 0, 3]).shape));
        yield return ("torch.zeros(ReadOnlySpan<long>, ScalarType?, Device)", () =>
        {
            Vector(zeros([2]), 0, 0);
            Assert.Equal(ScalarType.Float32, zeros([2]).dtype);
            Assert.Equal(ScalarType.Int64, zeros([2], ScalarType.Int64).dtype);
            Number(zeros([]), 0);
        }
        );
        yield return ("torch.ones(ReadOnlySpan<long>, ScalarType?, Device)", () => Matrix(ones([1, 2], dtype: ScalarType.Float16), 1, 2, 1, 1));
        yield return ("torch.full(ReadOnlySpan<long>, Scalar, ScalarType?, Device)", () =>
        {
            Vector(full([2], 1.5), 1.5, 1.5);
            Assert.Equal(ScalarType.Int64, full([2], 3).dtype);
            Assert.Equal(ScalarType.Bool, full([2], true, ScalarType.Bool).dtype);
        }
        );
        yield return ("torch.randn(ReadOnlySpan<long>, ScalarType?, Device, Generator)", () =>
        {
            using var generator = new Generator(123);
            var t = randn([10000], generator: generator);
            Values(t.mean(), [], [0], 0.03);
            Values(t.std(), [], [1], 0.03);
        }
        );
        yield return ("torch.rand(ReadOnlySpan<long>, ScalarType?, Device, Generator)", () =>
        {
            using var generator = new Generator(123);
            var t = rand([10000], generator: generator);
            Values(t.mean(), [], [0.5], 0.02);
            Assert.True(t.min().ToSingle() >= 0 && t.max().ToSingle() < 1);
        }
        );
        yield return ("torch.arange(Scalar, ScalarType?, Device)", () =>
        {
            Vector(arange(3), 0, 1, 2);
            Assert.Equal(ScalarType.Int64, arange(3).dtype);
            Assert.Equal(ScalarType.Float32, arange(3.0).dtype);
        }
        );
        yield return ("torch.arange(Scalar, Scalar, ScalarType?, Device)", () => Vector(arange(2, 5), 2, 3, 4));
        yield return ("torch.arange(Scalar, Scalar, Scalar, ScalarType?, Device)", () => Vector(arange(5, 0, -2, ScalarType.Float64), 5, 3, 1));
        yield return ("torch.linspace(double, double, long, ScalarType?, Device)", () => Vector(linspace(-1, 1, 5), -1, -0.5, 0, 0.5, 1));
        yield return ("torch.eye(long, long, ScalarType?, Device)", () =>
        {
            Matrix(eye(2), 2, 2, 1, 0, 0, 1);
            Matrix(eye(2, 3), 2, 3, 1, 0, 0, 0, 1, 0);
        }
        );
        yield return ("torch.empty_like(Tensor, ScalarType?, Device)", () => Assert.Equal([2, 3], empty_like(Grid(), ScalarType.Int8).shape));
        yield return ("torch.zeros_like(Tensor, ScalarType?, Device)", () => Vector(zeros_like(V(1, 2)), 0, 0));
        yield return ("torch.ones_like(Tensor, ScalarType?, Device)", () => Assert.Equal(ScalarType.Float64, ones_like(V(1, 2), ScalarType.Float64).dtype));
        yield return ("torch.randn_like(Tensor, ScalarType?, Device)", () => Assert.Equal([2, 3], randn_like(Grid()).shape));
        yield return ("torch.tensor(float, ScalarType?, Device)", () => Typed(tensor(1.5f), ScalarType.Float32, 1.5));
        yield return ("torch.tensor(double, ScalarType?, Device)", () => Typed(tensor(1.5), ScalarType.Float64, 1.5));
        yield return ("torch.tensor(long, ScalarType?, Device)", () => Typed(tensor(5L), ScalarType.Int64, 5));
        yield return ("torch.tensor(int, Device)", () => Typed(tensor(5), ScalarType.Int32, 5));
        yield return ("torch.tensor(bool, Device)", () => Typed(tensor(true), ScalarType.Bool, 1));
        yield return ("torch.tensor(float[], ScalarType?, Device)", () => Typed(tensor(new[] { 1f, 2 }), ScalarType.Float32, 1, 2));
        yield return ("torch.tensor(double[], ScalarType?, Device)", () => Typed(tensor(new[] { 1.0, 2 }, ScalarType.Float32), ScalarType.Float32, 1, 2));
        yield return ("torch.tensor(long[], ScalarType?, Device)", () => Typed(tensor(new[] { 1L, 2 }), ScalarType.Int64, 1, 2));
        yield return ("torch.tensor(int[], ScalarType?, Device)", () => Typed(tensor(new[] { 1, 2 }), ScalarType.Int32, 1, 2));
        yield return ("torch.tensor(byte[], ScalarType?, Device)", () => Typed(tensor(new byte[] { 1, 255 }), ScalarType.Byte, 1, 255));
        yield return ("torch.tensor(bool[], ScalarType?, Device)", () => Typed(tensor(new[] { true, false }), ScalarType.Bool, 1, 0));
        yield return ("torch.tensor(float[], ReadOnlySpan<long>, ScalarType?, Device)", () =>
        {
            Matrix(tensor([1f, 2], [2, 1]), 2, 1, 1, 2);
            Assert.Contains("[2, 2]", Assert.Throws<TorchException>(() => tensor([1f, 2], [2, 2])).Message, StringComparison.Ordinal);
        }
        );
        yield return ("torch.tensor(double[], ReadOnlySpan<long>, ScalarType?, Device)", () => Matrix(tensor([1.0, 2], [2, 1]), 2, 1, 1, 2));
        yield return ("torch.tensor(long[], ReadOnlySpan<long>, ScalarType?, Device)", () => Matrix(tensor([1L, 2], [1, 2], ScalarType.Float16), 1, 2, 1, 2));
        yield return ("torch.tensor(int[], ReadOnlySpan<long>, ScalarType?, Device)", () => Matrix(tensor([1, 2], [1, 2]), 1, 2, 1, 2));
        yield return ("torch.tensor(byte[], ReadOnlySpan<long>, ScalarType?, Device)", () => Matrix(tensor(new byte[] { 1, 2 }, [1, 2]), 1, 2, 1, 2));
        yield return ("torch.tensor(bool[], ReadOnlySpan<long>, ScalarType?, Device)", () => Matrix(tensor([true, false], [1, 2]), 1, 2, 1, 0));
    }

    private static void Typed(Tensor actual, ScalarType type, params double[] expected)
    {
        Assert.Equal(type, actual.dtype);
        Values(actual, actual.dim() == 0 ? [] : [expected.Length], expected);
    }

    private static IEnumerable<(string Call, Action Check)> Process()
    {
        yield return ("torch.manual_seed(long)", () =>
        {
            manual_seed(5);
            var first = randn([4]);
            manual_seed(5);
            Assert.True(first.Equals(randn([4])));
        }
        );
        yield return ("torch.set_num_threads(int)", () =>
        {
            var before = get_num_threads();
            set_num_threads(1);
            Assert.Equal(1, get_num_threads());
            set_num_threads(before);
            Assert.Throws<ArgumentOutOfRangeException>(() => set_num_threads(0));
        }
        );
        yield return ("torch.get_num_threads()", () => Assert.InRange(get_num_threads(), 1, 1024));
        yield return ("torch.use_deterministic_algorithms(bool)", () =>
        {
            use_deterministic_algorithms(true);
            Vector(V(1, 2) + 1, 2, 3);
            use_deterministic_algorithms(false);
        }
        );
        yield return ("torch.inference_mode(bool)", () =>
        {
            using (inference_mode())
                Vector(V(1) + 1, 2);
        }
        );
        yield return ("torch.no_grad()", () =>
        {
            using (no_grad())
                Vector(V(1) + 1, 2);
        }
        );
        yield return ("torch.LiveTensorReport()", () => Assert.NotEmpty(LiveTensorReport()));
        yield return ("torch.NewDisposeScope()", () =>
        {
            using var scope = NewDisposeScope();
            _ = V(1);
            Assert.Equal(1, scope.DisposablesCount);
        }
        );
        yield return ("torch.device(string)", () =>
        {
            Assert.Equal(new Device(DeviceType.CUDA, 1), device("cuda:1"));
            Assert.Equal(-1, device("cuda").index);
            Assert.Equal(DeviceType.CPU, device("cpu").type);
            Assert.All(["gpu", "cuda:", "cuda:-1", "cuda:1:2", ""], text => Assert.Throws<ArgumentException>(() => device(text)));
        }
        );
        yield return ("torch.device(DeviceType, int)", () => Assert.Equal("cuda:3", device(DeviceType.CUDA, 3).ToString()));
    }
}

using static WorldModelActors.Torch.Tests.Expect;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests.Operators;

internal static partial class OperatorTable
{
    // 0 1 2
    // 3 4 5
    private static Tensor Grid() => arange(6, dtype: ScalarType.Float32).reshape(2, 3);

    private static IEnumerable<(string Call, Action Check)> Shapes()
    {
        yield return ("Tensor.reshape(long[])", () =>
        {
            Matrix(Grid().reshape(3, -1), 3, 2, 0, 1, 2, 3, 4, 5);
            Vector(Grid().t().reshape(-1), 0, 3, 1, 4, 2, 5);
        }
        );
        yield return ("Tensor.view(long[])", () =>
        {
            Matrix(Grid().view(3, 2), 3, 2, 0, 1, 2, 3, 4, 5);
            Assert.Throws<TorchException>(() => Grid().t().view(6));
        }
        );
        yield return ("Tensor.permute(long[])", () => Values(
            arange(6, dtype: ScalarType.Float32).reshape(1, 2, 3).permute(2, 0, 1), [3, 1, 2], [0, 3, 1, 4, 2, 5]));
        yield return ("Tensor.transpose(long, long)", () => Matrix(Grid().transpose(0, -1), 3, 2, 0, 3, 1, 4, 2, 5));
        yield return ("Tensor.t()", () => Matrix(Grid().t(), 3, 2, 0, 3, 1, 4, 2, 5));
        yield return ("Tensor.unsqueeze(long)", () => Values(Grid().unsqueeze(-1), [2, 3, 1], [0, 1, 2, 3, 4, 5]));
        yield return ("Tensor.squeeze(long?)", () =>
        {
            Assert.Equal([3], zeros([1, 3, 1]).squeeze().shape);
            Assert.Equal([3, 1], zeros([1, 3, 1]).squeeze(0).shape);
            Assert.Equal([1, 3, 1], zeros([1, 3, 1]).squeeze(1).shape);
        }
        );
        yield return ("Tensor.flatten(long, long)", () =>
        {
            Assert.Equal([24], zeros([2, 3, 4]).flatten().shape);
            Assert.Equal([2, 12], zeros([2, 3, 4]).flatten(1).shape);
            Assert.Equal([6, 4], zeros([2, 3, 4]).flatten(0, 1).shape);
        }
        );
        yield return ("Tensor.expand(long[])", () => Matrix(M(2, 1, 1, 2).expand(-1, 3), 2, 3, 1, 1, 1, 2, 2, 2));
        yield return ("Tensor.repeat(long[])", () => Matrix(V(1, 2).repeat(2, 2), 2, 4, 1, 2, 1, 2, 1, 2, 1, 2));
        yield return ("Tensor.repeat_interleave(long, long?)", () =>
        {
            Matrix(Grid().repeat_interleave(2, 0), 4, 3, 0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5);
            Vector(V(1, 2).repeat_interleave(2), 1, 1, 2, 2);
        }
        );
        yield return ("Tensor.flip(long[])", () => Matrix(Grid().flip(0, 1), 2, 3, 5, 4, 3, 2, 1, 0));
        yield return ("Tensor.roll(long, long?)", () =>
        {
            Matrix(Grid().roll(1, 1), 2, 3, 2, 0, 1, 5, 3, 4);
            Matrix(Grid().roll(-1), 2, 3, 1, 2, 3, 4, 5, 0);
        }
        );
        yield return ("Tensor.tril(long)", () => Matrix(Grid().tril(), 2, 3, 0, 0, 0, 3, 4, 0));
        yield return ("Tensor.triu(long)", () => Matrix(Grid().triu(1), 2, 3, 0, 1, 2, 0, 0, 5));
        yield return ("Tensor.chunk(long, long)", () =>
        {
            // Five in three: sizes 2, 2, 1.
            var parts = arange(5, dtype: ScalarType.Float32).chunk(3);
            Assert.Equal([2L, 2L, 1L], parts.Select(p => p.numel()));
            Vector(parts[2], 4);
        }
        );
        yield return ("Tensor.split(long, long)", () =>
        {
            var parts = Grid().split(2, 1);
            Assert.Equal(2, parts.Length);
            Matrix(parts[0], 2, 2, 0, 1, 3, 4);
            Matrix(parts[1], 2, 1, 2, 5);
        }
        );
        yield return ("Tensor.unbind(long)", () =>
        {
            var columns = Grid().unbind(1);
            Assert.Equal(3, columns.Length);
            Vector(columns[1], 1, 4);
            // More results than fit a fixed buffer.
            Assert.Equal(100, zeros([100, 1]).unbind().Length);
        }
        );
        yield return ("torch.cat(IList<Tensor>, long)", () =>
        {
            Matrix(cat([Grid(), Grid()], 1), 2, 6, 0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5);
            Assert.Equal([1000], cat([.. Enumerable.Repeat(V(1), 1000)]).shape);
            Assert.Throws<TorchException>(() => cat([]));
        }
        );
        yield return ("torch.stack(IList<Tensor>, long)", () => Matrix(stack([V(1, 2), V(3, 4)], 1), 2, 2, 1, 3, 2, 4));
    }

    private static IEnumerable<(string Call, Action Check)> Indexing()
    {
        yield return ("Tensor.narrow(long, long, long)", () => Matrix(Grid().narrow(1, 1, 2), 2, 2, 1, 2, 4, 5));
        yield return ("Tensor.select(long, long)", () => Vector(Grid().select(1, -1), 2, 5));
        yield return ("Tensor.slice(long, long, long, long)", () => Matrix(Grid().slice(1, 0, 3, 2), 2, 2, 0, 2, 3, 5));
        yield return ("Tensor.index_select(long, Tensor)", () => Matrix(Grid().index_select(1, tensor([2L, 0L])), 2, 2, 2, 0, 5, 3));
        yield return ("Tensor.gather(long, Tensor)", () => Matrix(Grid().gather(1, tensor([2L, 0L], [2, 1])), 2, 1, 2, 3));
        yield return ("Tensor.index_copy_(long, Tensor, Tensor)", () =>
        {
            var t = zeros([3]);
            Assert.Same(t, t.index_copy_(0, tensor([2L, 0L]), V(5, 7)));
            Vector(t, 7, 0, 5);
        }
        );
        yield return ("Tensor.get_Item(long)", () => Vector(Grid()[1], 3, 4, 5));
        yield return ("Tensor.set_Item(long, Tensor)", () =>
        {
            var t = Grid();
            t[0] = V(9, 8, 7);
            Matrix(t, 2, 3, 9, 8, 7, 3, 4, 5);
        }
        );
        yield return ("Tensor.get_Item(TensorIndex[])", () =>
        {
            Number(Grid()[1, 2], 5);
            Vector(Grid()[TensorIndex.Colon, 0], 0, 3);
        }
        );
        yield return ("Tensor.set_Item(TensorIndex[], Tensor)", () =>
        {
            var t = Grid();
            t[TensorIndex.Colon, 1..] = M(2, 1, -1, -2);
            Matrix(t, 2, 3, 0, -1, -1, 3, -2, -2);
        }
        );
        yield return ("Tensor.index_put_(Tensor, TensorIndex[])", () =>
        {
            var t = Grid();
            Assert.Same(t, t.index_put_(V(7, 8), tensor([1L, 0L]), tensor([0L, 2L])));
            Matrix(t, 2, 3, 0, 1, 8, 7, 4, 5);
        }
        );
        yield return ("Tensor.index_put_(Scalar, TensorIndex[])", () =>
        {
            var t = Grid();
            t.index_put_(-1, t.gt(3));
            Matrix(t, 2, 3, 0, 1, 2, 3, -1, -1);
        }
        );
    }
}

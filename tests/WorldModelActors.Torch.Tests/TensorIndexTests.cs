using static WorldModelActors.Torch.Tests.Expect;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

public sealed class TensorIndexTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    // [2, 3, 4], element (i, j, k) = 12 i + 4 j + k.
    private static Tensor Cube() => arange(24, dtype: ScalarType.Float32).reshape(2, 3, 4);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Integers_drop_their_dimension()
    {
        Number(Cube()[1, 2, 3], 23);
        Vector(Cube()[1, -1], 20, 21, 22, 23);
        Number(Cube()[^1, ^1, ^4], 20);
        Vector(Cube()[TensorIndex.Single(0), TensorIndex.Single(-1)], 8, 9, 10, 11);
    }

    [Fact]
    public void Slices_keep_it()
    {
        Values(Cube()[0, 1..], [2, 4], [4, 5, 6, 7, 8, 9, 10, 11]);
        Values(Cube()[0, ..^1, 1..3], [2, 2], [1, 2, 5, 6]);
        Values(Cube()[0, 0..0], [0, 4], []);
        Vector(Cube()[0, 0, TensorIndex.Slice(step: 2)], 0, 2);
        Vector(Cube()[0, 0, TensorIndex.Slice(-3, -1)], 1, 2);
        Vector(Cube()[0, 0, TensorIndex.Slice(2)], 2, 3);
        Vector(Cube()[0, 0, TensorIndex.Slice(0, 100)], 0, 1, 2, 3);
        Vector(Cube()[0, TensorIndex.Colon, 0], 0, 4, 8);
        Assert.Throws<TorchException>(() => Cube()[TensorIndex.Slice(step: -1)]);
    }

    [Fact]
    public void An_ellipsis_stands_for_the_dimensions_that_are_left()
    {
        Values(Cube()[TensorIndex.Ellipsis, 0], [2, 3], [0, 4, 8, 12, 16, 20]);
        Values(Cube()[1, TensorIndex.Ellipsis, 0], [3], [12, 16, 20]);
        Number(Cube()[1, TensorIndex.Ellipsis, 1, 1], 17);
        Assert.Equal([2, 3, 4], Cube()[TensorIndex.Ellipsis].shape);
        Assert.Throws<TorchException>(() => Cube()[TensorIndex.Ellipsis, TensorIndex.Ellipsis]);
    }

    [Fact]
    public void None_is_a_new_dimension()
    {
        Assert.Equal([1, 2, 3, 4], Cube()[TensorIndex.None].shape);
        Assert.Equal([2, 1, 3, 4, 1], Cube()[TensorIndex.Colon, TensorIndex.None, TensorIndex.Ellipsis, TensorIndex.None].shape);
        Assert.Equal([1, 3, 4], Cube()[TensorIndex.None, 1].shape);
    }

    [Fact]
    public void Index_tensors_gather()
    {
        var last = tensor([2L, 0L]);
        Values(Cube()[1, last], [2, 4], [20, 21, 22, 23, 12, 13, 14, 15]);
        Values(Cube()[TensorIndex.Ellipsis, last, 0], [2, 2], [8, 0, 20, 12]);
        // Two index tensors run together; of different shapes they are broadcast.
        Vector(Cube()[tensor([0L, 1L]), last, 3], 11, 15);
        Values(Cube()[tensor([0L, 1L], [2, 1]), last, 3], [2, 2], [11, 3, 23, 15]);
    }

    [Fact]
    public void Masks_pick_where_they_are_true()
    {
        var t = Cube();
        Vector(t[t.gt(21)], 22, 23);
        Values(t[tensor([false, true]), 0], [1, 4], [12, 13, 14, 15]);
        // A mask of two dimensions stands for both; positions after it go on behind them.
        var mask = zeros([2, 3], ScalarType.Bool);
        mask[1, 2] = tensor(true);
        mask[0, 0] = tensor(true);
        Values(t[mask, 1..3], [2, 2], [1, 2, 21, 22]);
        Vector(t[mask, tensor([3L, 0L])], 3, 20);
        Vector(t[mask, -1], 3, 23);
    }

    [Fact]
    public void Without_tensors_the_result_shares_the_elements()
    {
        var t = Cube();
        t[0, 1..2, ^1].fill_(-1);
        Number(t[0, 1, 3], -1);
        using var whole = t[new TensorIndex[0]];
        Assert.Equal(t.DataPointer, whole.DataPointer);
    }

    [Fact]
    public void Assignments_write_through()
    {
        var t = Cube();
        t[0, TensorIndex.Ellipsis, 0] = tensor([-1.0, -2.0, -3.0]);
        Vector(t[0, TensorIndex.Colon, 0], -1, -2, -3);
        t[1, tensor([0L, 2L])] = tensor(7.0);
        Values(t[1], [3, 4], [7, 7, 7, 7, 16, 17, 18, 19, 7, 7, 7, 7]);
        t[t.gt(17)] = tensor(0);
        Assert.Equal(17, t.max().ToSingle());
    }

    [Fact]
    public void Too_many_positions_name_the_shape()
    {
        var error = Assert.Throws<TorchException>(() => Cube()[0, 0, 0, 0]);
        Assert.Contains("[2, 3, 4]", error.Message, StringComparison.Ordinal);
        Assert.Throws<TorchException>(() => Cube()[2]);
    }
}

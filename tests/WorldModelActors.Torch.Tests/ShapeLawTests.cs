using FsCheck;
using FsCheck.Fluent;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

/// <summary>Laws of shape operators against plain arrays, on random shapes.</summary>
public sealed class ShapeLawTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(100).WithQuietOnSuccess(true);

    /// <summary>Shapes of 1 to 4 dimensions, sizes 1 to 4, and a seed for whatever else a law draws.</summary>
    private static readonly Arbitrary<(long[] Shape, int Seed)> s_cases = (
        from rank in Gen.Choose(1, 4)
        from sizes in Gen.Choose(1, 4).ArrayOf(rank)
        from seed in Gen.Choose(0, int.MaxValue)
        select (sizes.Select(n => (long)n).ToArray(), seed)).ToArbitrary();

    private static void Law(Action<Tensor, int[], long[], Random> law) =>
        Check.One(s_config, Prop.ForAll(s_cases, c =>
        {
            var before = Tensor.TotalCount;
            using (NewDisposeScope())
            {
                var values = Enumerable.Range(0, (int)c.Shape.Aggregate(1L, (a, b) => a * b)).ToArray();
                law(tensor(values, c.Shape), values, c.Shape, new Random(c.Seed));
            }
            Assert.Equal(before, Tensor.TotalCount);
        }));

    private static int[] Elements(Tensor t) => t.data<int>().ToArray();

    /// <summary>Position of a row-major index.</summary>
    private static long Offset(long[] shape, long[] index)
    {
        var offset = 0L;
        for (var d = 0; d < shape.Length; d++)
            offset = (offset * shape[d]) + index[d];
        return offset;
    }

    private static IEnumerable<long[]> Indices(long[] shape)
    {
        for (var i = 0L; i < shape.Aggregate(1L, (a, b) => a * b); i++)
        {
            var index = new long[shape.Length];
            var rest = i;
            for (var d = shape.Length - 1; d >= 0; d--)
                (rest, index[d]) = Math.DivRem(rest, shape[d]);
            yield return index;
        }
    }

    [Fact]
    public void Reshape_keeps_the_order() => Law((t, values, shape, random) =>
    {
        Assert.Equal(values, Elements(t.reshape(-1)));
        Assert.Equal(values, Elements(t.reshape([.. shape.Reverse()])));
        Assert.Equal(shape, t.reshape(-1).reshape(shape).shape);
    });

    [Fact]
    public void Permute_moves_every_element_to_its_permuted_place() => Law((t, values, shape, random) =>
    {
        var order = Enumerable.Range(0, shape.Length).Select(d => (long)d).ToArray();
        random.Shuffle(order);
        var permuted = t.permute(order);
        var target = order.Select(d => shape[d]).ToArray();
        Assert.Equal(target, permuted.shape);
        var expected = Indices(target).Select(index =>
        {
            var source = new long[shape.Length];
            for (var d = 0; d < order.Length; d++)
                source[order[d]] = index[d];
            return values[Offset(shape, source)];
        });
        Assert.Equal(expected, Elements(permuted));
        Assert.True(permuted.permute([.. order.Select((_, d) => (long)Array.IndexOf(order, d))]).Equals(t));
    });

    [Fact]
    public void Split_and_cat_are_inverse() => Law((t, values, shape, random) =>
    {
        var dim = random.Next(shape.Length);
        var size = random.Next(1, (int)shape[dim] + 1);
        var parts = t.split(size, dim);
        Assert.Equal((shape[dim] + size - 1) / size, parts.Length);
        Assert.All(parts.SkipLast(1), part => Assert.Equal(size, part.shape[dim]));
        Assert.True(cat(parts, dim).Equals(t));
        Assert.True(cat(t.chunk(size, dim), dim).Equals(t));
        Assert.True(stack(t.unbind(dim), dim).Equals(t));
    });

    [Fact]
    public void Narrow_slice_and_select_are_the_array_s_own() => Law((t, values, shape, random) =>
    {
        var dim = random.Next(shape.Length);
        var start = random.Next((int)shape[dim]);
        var length = random.Next(1, (int)shape[dim] - start + 1);
        var part = t.narrow(dim, start, length);
        var target = (long[])shape.Clone();
        target[dim] = length;
        var expected = Indices(target).Select(index =>
        {
            index[dim] += start;
            return values[Offset(shape, index)];
        }).ToArray();
        Assert.Equal(expected, Elements(part));
        Assert.True(part.Equals(t.slice(dim, start, start + length, 1)));
        Assert.True(part.Equals(t.index_select(dim, arange(start, start + length))));
        Assert.True(part.select(dim, 0).Equals(t.select(dim, start)));
    });

    [Fact]
    public void Flip_twice_and_roll_around_are_nothing() => Law((t, values, shape, random) =>
    {
        var dim = random.Next(shape.Length);
        Assert.True(t.flip(dim).flip(dim).Equals(t));
        Assert.True(t.roll(shape[dim], dim).Equals(t));
        Assert.True(t.roll(1, dim).roll(-1, dim).Equals(t));
    });

    [Fact]
    public void Repeat_is_cat_and_expand_is_repeat() => Law((t, values, shape, random) =>
    {
        var dim = random.Next(shape.Length);
        var times = random.Next(1, 4);
        var counts = Enumerable.Repeat(1L, shape.Length).ToArray();
        counts[dim] = times;
        Assert.True(t.repeat(counts).Equals(cat([.. Enumerable.Repeat(t, times)], dim)));
        Assert.True(t.unsqueeze(0).expand([times, .. shape]).Equals(stack([.. Enumerable.Repeat(t, times)])));
        Assert.True(t.repeat_interleave(times, dim).select(dim, times - 1).Equals(t.select(dim, 0)));
    });

    [Fact]
    public void Sums_add_up() => Law((t, values, shape, random) =>
    {
        var dim = random.Next(shape.Length);
        Assert.Equal(values.Sum(), t.sum().ToInt64());
        Assert.Equal(values.Sum(), t.sum(dim).sum().ToInt64());
        Assert.Equal(values.Sum(), t.cumsum(dim).select(dim, -1).sum().ToInt64());
    });
}

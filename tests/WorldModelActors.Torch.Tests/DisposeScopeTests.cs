using static WorldModelActors.Torch.Tests.Expect;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

public sealed class DisposeScopeTests
{
    private readonly long _before = Tensor.TotalCount;

    [Fact]
    public void A_scope_ends_what_was_made_inside_it_only()
    {
        var outside = V(1);
        Tensor inside;
        using (NewDisposeScope())
            inside = V(2);
        Assert.True(inside.IsInvalid);
        Assert.False(outside.IsInvalid);
        outside.Dispose();
        Assert.Equal(_before, Tensor.TotalCount);
    }

    [Fact]
    public void Temporaries_of_an_expression_die_with_the_scope()
    {
        using (NewDisposeScope())
            _ = (V(1) + 1) * 2 - V(3).exp();
        Assert.Equal(_before, Tensor.TotalCount);
    }

    [Fact]
    public void A_result_moves_out_one_scope_at_a_time()
    {
        Tensor result;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                result = inner.MoveToOuter(V(1) + 1);
                Assert.Equal(1, inner.DisposablesCount);
                Assert.Equal(1, outer.DisposablesCount);
            }
            Vector(result, 2);
        }
        Assert.True(result.IsInvalid);
        Assert.Equal(_before, Tensor.TotalCount);
    }

    [Fact]
    public void Out_of_the_outermost_scope_a_tensor_is_the_callers()
    {
        Tensor result;
        using (NewDisposeScope())
            result = V(1).MoveToOuterDisposeScope();
        Vector(result, 1);
        Assert.Same(result, result.MoveToOuterDisposeScope());
        result.Dispose();
        Assert.Equal(_before, Tensor.TotalCount);
    }

    [Fact]
    public void Detached_means_that_no_scope_owns_it()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            using (NewDisposeScope())
                kept = V(1).DetachFromDisposeScope();
        }
        Vector(kept, 1);
        kept.Dispose();
        Assert.Equal(_before, Tensor.TotalCount);
    }

    [Fact]
    public void An_exception_ends_the_scopes_on_its_way()
    {
        Assert.Throws<TorchException>(() =>
        {
            using var outer = NewDisposeScope();
            var a = V(1, 2);
            using var inner = NewDisposeScope();
            _ = a + V(1, 2, 3);
        });
        Assert.Equal(_before, Tensor.TotalCount);
        using (NewDisposeScope())
            Assert.Equal(1, Count(V(1)));

        static int Count(Tensor t) => t.IsInvalid ? 0 : 1;
    }

    [Fact]
    public void Scopes_end_innermost_first()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        Assert.Throws<InvalidOperationException>(outer.Dispose);
        inner.Dispose();
        inner.Dispose();
        outer.Dispose();
    }

    [Fact]
    public void A_scope_ends_on_its_own_thread()
    {
        using var scope = NewDisposeScope();
        var t = V(1);
        Exception? ending = null, moving = null;
        OnAnotherThread(() =>
        {
            ending = Record.Exception(scope.Dispose);
            moving = Record.Exception(() => t.MoveToOuterDisposeScope());
        });
        Assert.IsType<InvalidOperationException>(ending);
        Assert.IsType<InvalidOperationException>(moving);
        Vector(t, 1);
    }

    [Fact]
    public void A_scope_does_not_own_what_other_threads_make()
    {
        Tensor? other = null;
        using (NewDisposeScope())
            OnAnotherThread(() => other = V(7));
        Vector(other!, 7);
        other!.Dispose();
        Assert.Equal(_before, Tensor.TotalCount);
    }

    [Fact]
    public void A_tensor_disposed_early_is_no_matter_for_its_scope()
    {
        using (var scope = NewDisposeScope())
        {
            var t = V(1);
            t.Dispose();
            Assert.Equal(0, scope.DisposablesCount);
        }
        Assert.Equal(_before, Tensor.TotalCount);
    }

    [Fact]
    public void A_disposed_tensor_says_so_wherever_it_is_used()
    {
        using var scope = NewDisposeScope();
        var dead = V(1, 2);
        dead.Dispose();
        Action[] uses =
        [
            () => dead.exp(), () => _ = dead + 1, () => _ = V(1, 2) + dead, () => dead.zero_(), () => cat([V(1), dead]), () => _ = dead[0],
            () => _ = dead.shape, () => dead.data<float>(), () => dead.item<float>(), () => dead.split(1), () => _ = dead.DataPointer,
            () => dead.alias(), () => dead.is_contiguous(),
        ];
        Assert.All(uses, use => Assert.Throws<ObjectDisposedException>(use));
        Assert.Equal("disposed tensor", dead.ToString());
        using var generator = new Generator(1);
        generator.Dispose();
        Assert.Throws<ObjectDisposedException>(() => rand([1], generator: generator));
    }

    [Fact]
    public void A_failed_operator_leaves_nothing_behind()
    {
        using (NewDisposeScope())
        {
            var t = zeros([4, 2]);
            Assert.Throws<TorchException>(() => t.split(-1));
            Assert.Throws<TorchException>(() => t.reshape(3, 3));
            Assert.Throws<TorchException>(() => t[1, 5]);
            Assert.Throws<TorchException>(() => tensor([1f], [2]));
            Assert.Throws<TorchException>(() => t.add_(zeros([3])));
        }
        Assert.Equal(_before, Tensor.TotalCount);
    }

    internal static void OnAnotherThread(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }
}

using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

public sealed class TorchExceptionTests
{
    private static string MessageOf(Func<Tensor> call)
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<TorchException>(call);
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }

    [Fact]
    public void Names_the_operator_the_shapes_and_the_reason()
    {
        var message = MessageOf(() => zeros([2, 3]).matmul(zeros([4, 5], ScalarType.Float32)));
        Assert.StartsWith("matmul([2, 3] float32, [4, 5] float32): ", message, StringComparison.Ordinal);
        Assert.Contains("cannot be multiplied", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_lists_numbers_texts_and_types()
    {
        Assert.StartsWith("cat({[1] float32 [1, 1] float32}, 0): ", MessageOf(() => cat([zeros([1]), zeros([1, 1])])), StringComparison.Ordinal);
        Assert.StartsWith("reshape([2] float32, (3)): ", MessageOf(() => zeros([2]).reshape(3)), StringComparison.Ordinal);
        Assert.StartsWith(
            "pad([2] float32, (1, 1), 'reflect', none): ", MessageOf(() => nn.functional.pad(zeros([2]), [1, 1], PaddingModes.Reflect)), StringComparison.Ordinal);
        Assert.StartsWith("add([2] int64, [3] float64, ", MessageOf(() => zeros([2], ScalarType.Int64).add(zeros([3], ScalarType.Float64), 2)), StringComparison.Ordinal);
    }

    [Fact]
    public void Long_lists_are_cut()
    {
        var message = MessageOf(() => cat([.. Enumerable.Range(0, 20).Select(i => zeros([1, i]))]));
        Assert.Contains("[1, 7] float32 ...}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tells_out_of_memory_from_other_failures()
    {
        var error = Assert.Throws<TorchException>(() => empty([1L << 50], ScalarType.Float32));
        Assert.True(error.IsOutOfMemory, error.Message);
        Assert.False(Assert.Throws<TorchException>(() => zeros([2]).reshape(3)).IsOutOfMemory);
    }

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", true)]
    [InlineData("CUDA error: out of memory", true)]
    [InlineData("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", true)]
    [InlineData("cuDNN error: CUDNN_STATUS_ALLOC_FAILED", true)]
    [InlineData("std::bad_alloc", true)]
    [InlineData("CUDA error: an illegal memory access was encountered", false)]
    public void Knows_the_libraries_words_for_out_of_memory(string native, bool expected)
    {
        var error = TorchException.FromNative("conv2d", "\n  " + native + "\nException raised from f at g.cpp:1\n");
        Assert.Equal(expected, error.IsOutOfMemory);
        Assert.Equal("conv2d: " + native, error.Message);
    }

    [Fact]
    public void A_missing_operator_is_named_with_the_version()
    {
        var missing = new Operator("no_such_operator", "Tensor");
        Assert.False(missing.Exists);
        var error = Assert.Throws<TorchException>(() => missing.Call());
        Assert.Equal($"this libtorch ({__version__}) has no operator no_such_operator.Tensor", error.Message);
        Assert.Equal(error.Message, Assert.Throws<TorchException>(() => missing.CallMany()).Message);
    }

    [Fact]
    public void Wrong_calls_of_an_operator_are_errors_not_crashes()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("missing argument", Assert.Throws<TorchException>(() => Ops.add.Call(zeros([1]))).Message, StringComparison.Ordinal);
        Assert.Contains("too many arguments", Assert.Throws<TorchException>(() => Ops.neg.Call(zeros([1]), 1)).Message, StringComparison.Ordinal);
        Assert.Contains("gave no tensor", Assert.Throws<TorchException>(() => Ops.item.Call(zeros([1]))).Message, StringComparison.Ordinal);
        Assert.Throws<TorchException>(() => Ops.neg.Call(1));
    }
}

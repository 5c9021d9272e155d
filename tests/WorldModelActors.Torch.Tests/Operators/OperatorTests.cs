using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests.Operators;

public sealed class OperatorTests
{
    public static TheoryData<string> Calls() => [.. OperatorTable.Entries.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public void Gives_the_known_values_and_leaves_nothing_behind(string call)
    {
        var before = Tensor.TotalCount;
        using (NewDisposeScope())
            OperatorTable.Entries[call]();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Every_public_call_is_in_the_table()
    {
        var calls = Signature.All().ToHashSet();
        Assert.Empty(calls.Except(OperatorTable.Entries.Keys));
        Assert.Empty(OperatorTable.Entries.Keys.Except(calls));
    }

    /// <summary>Operators that may be missing, each with its stand-in: newer ones of libtorch's, and the CUDA kernels of the shim.</summary>
    private static readonly HashSet<string> s_optional =
        ["scaled_dot_product_attention", "group_norm_rows", "layer_norm_rows", "frame_attention", "branch_attention", "key_points", "geglu", "linear_geglu_fits", "linear_geglu",
            "add_with_bias_", "add_bias_", "join_rows", "enlarge_rows"];

    [Fact]
    public void Every_operator_is_known_to_this_libtorch()
    {
        var missing = typeof(Ops).GetFields().Select(f => (Operator)f.GetValue(null)!)
            .Where(op => !op.Exists && !s_optional.Contains(op.Name))
            .Select(op => $"{op.Name}.{op.Overload}");
        Assert.Empty(missing);
    }
}

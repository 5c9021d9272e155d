using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

public sealed class AttentionTests : IDisposable
{
    private const int Batch = 2, Heads = 3, Queries = 5, Keys = 7, Size = 4;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(11);

    public static TheoryData<string> Masks => ["none", "causal", "additive", "additive for all", "boolean"];

    public void Dispose()
    {
        _generator.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Masks))]
    public void The_stand_in_is_the_formula(string kind)
    {
        var (q, k, v, mask, causal) = Case(kind, ScalarType.Float32);
        Expect.Values(Sdpa.Plain(q, k, v, mask, causal), [Batch, Heads, Queries, Size], Naive(q, k, v, mask, causal), 2e-6);
    }

    [Theory]
    [MemberData(nameof(Masks))]
    public void The_native_operator_is_the_stand_in(string kind)
    {
        Assert.SkipUnless(Sdpa.IsNative, $"libtorch {__version__} has no scaled_dot_product_attention of its own");
        var (q, k, v, mask, causal) = Case(kind, ScalarType.Float32);
        var plain = Sdpa.Plain(q, k, v, mask, causal);
        Assert.True(nn.functional.scaled_dot_product_attention(q, k, v, mask, is_casual: causal).allclose(plain, 1e-5, 1e-6));
    }

    [Fact]
    public void Arguments_are_left_as_they_were()
    {
        var (q, k, v, mask, _) = Case("additive for all", ScalarType.Float32);
        var copies = new[] { q, k, v, mask! }.Select(t => t.clone()).ToArray();
        _ = nn.functional.scaled_dot_product_attention(q, k, v, mask);
        Assert.All(copies.Zip([q, k, v, mask!]), pair => Assert.True(pair.First.Equals(pair.Second)));
    }

    private (Tensor Q, Tensor K, Tensor V, Tensor? Mask, bool Causal) Case(string kind, ScalarType type)
    {
        Tensor Draw(params long[] shape) => randn(shape, type, generator: _generator);
        var q = Draw(Batch, Heads, Queries, Size);
        var k = Draw(Batch, Heads, Keys, Size);
        var v = Draw(Batch, Heads, Keys, Size);
        var mask = kind switch
        {
            "additive" => Draw(Queries, Keys),
            "additive for all" => Draw(Batch, Heads, Queries, Keys),
            // The first key stays visible, so that no row is empty.
            "boolean" => Draw(Batch, 1, Queries, Keys).gt(0).logical_or(arange(Keys).eq(0)),
            _ => null,
        };
        return (q, k, v, mask, kind == "causal");
    }

    /// <summary>softmax(q k^T / sqrt(d) + mask) v, one number after the other in float64.</summary>
    private static double[] Naive(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal)
    {
        var full = mask?.expand(Batch, Heads, Queries, Keys);
        var boolean = mask?.dtype == ScalarType.Bool;
        float[] qs = q.data<float>().ToArray(), ks = k.data<float>().ToArray(), vs = v.data<float>().ToArray();
        var additive = full is not null && !boolean ? full.data<float>().ToArray() : null;
        var allowed = boolean ? full!.data<bool>().ToArray() : null;
        var result = new double[Batch * Heads * Queries * Size];
        for (var bh = 0; bh < Batch * Heads; bh++)
        {
            for (var i = 0; i < Queries; i++)
            {
                var weights = new double[Keys];
                for (var j = 0; j < Keys; j++)
                {
                    var at = (((bh * Queries) + i) * Keys) + j;
                    var score = 0.0;
                    for (var d = 0; d < Size; d++)
                        score += (double)qs[(((bh * Queries) + i) * Size) + d] * ks[(((bh * Keys) + j) * Size) + d];
                    var hidden = (causal && j > i) || (allowed is not null && !allowed[at]);
                    weights[j] = hidden ? 0 : Math.Exp((score / Math.Sqrt(Size)) + (additive?[at] ?? 0));
                }
                for (var d = 0; d < Size; d++)
                {
                    for (var j = 0; j < Keys; j++)
                        result[(((bh * Queries) + i) * Size) + d] += weights[j] / weights.Sum() * vs[(((bh * Keys) + j) * Size) + d];
                }
            }
        }
        return result;
    }
}

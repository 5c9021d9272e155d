using static WorldModelActors.Torch.Tests.Expect;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests.Operators;

internal static partial class OperatorTable
{
    private static IEnumerable<(string Call, Action Check)> Arithmetic()
    {
        yield return ("Tensor.add(Tensor)", () => Vector(V(1, 2).add(V(10, 20)), 11, 22));
        yield return ("Tensor.add(Scalar)", () => Vector(V(1, 2).add(0.5), 1.5, 2.5));
        yield return ("Tensor.add(Tensor, Scalar)", () => Vector(V(1, 2).add(V(10, 20), 2), 21, 42));
        yield return ("Tensor.add_(Tensor)", () => InPlace(V(1, 2), t => t.add_(V(10, 20)), 11, 22));
        yield return ("Tensor.add_(Scalar)", () => InPlace(V(1, 2), t => t.add_(3), 4, 5));
        yield return ("Tensor.add_(Tensor, Scalar)", () => InPlace(V(1, 2), t => t.add_(V(10, 20), -1), -9, -18));
        yield return ("Tensor.sub(Tensor)", () => Vector(V(1, 2).sub(V(10, 20)), -9, -18));
        yield return ("Tensor.sub(Scalar)", () => Vector(V(1, 2).sub(3), -2, -1));
        yield return ("Tensor.sub_(Tensor)", () => InPlace(V(1, 2), t => t.sub_(V(10, 20)), -9, -18));
        yield return ("Tensor.sub_(Scalar)", () => InPlace(V(1, 2), t => t.sub_(0.25), 0.75, 1.75));
        yield return ("Tensor.mul(Tensor)", () => Matrix(M(2, 1, 2, 3).mul(V(10, 20)), 2, 2, 20, 40, 30, 60));
        yield return ("Tensor.mul(Scalar)", () => Vector(V(1, 2).mul(-3), -3, -6));
        yield return ("Tensor.mul_(Tensor)", () => InPlace(V(1, 2), t => t.mul_(V(10, 20)), 10, 40));
        yield return ("Tensor.mul_(Scalar)", () => InPlace(V(1, 2), t => t.mul_(0.5), 0.5, 1));
        yield return ("Tensor.div(Tensor)", () => Vector(V(1, 3).div(V(2, 4)), 0.5, 0.75));
        yield return ("Tensor.div(Scalar)", () => Vector(tensor([1L, 3L]).div(2), 0.5, 1.5));
        yield return ("Tensor.div_(Tensor)", () => InPlace(V(1, 3), t => t.div_(V(2, 4)), 0.5, 0.75));
        yield return ("Tensor.div_(Scalar)", () => InPlace(V(1, 3), t => t.div_(2), 0.5, 1.5));
        yield return ("Tensor.pow(Scalar)", () => Vector(V(2, 3).pow(3), 8, 27));
        yield return ("Tensor.pow(Tensor)", () => Vector(V(2, 9).pow(V(-1, 0.5f)), 0.5, 3));
        yield return ("Tensor.remainder(Scalar)", () => Vector(V(-1, 5.5f).remainder(3), 2, 2.5));
        yield return ("Tensor.addcmul(Tensor, Tensor, Scalar)", () => Vector(V(1, 2).addcmul(V(3, 4), V(5, 6), 2), 31, 50));
        yield return ("Tensor.lerp(Tensor, Scalar)", () => Vector(V(0, 10).lerp(V(10, 20), 0.25), 2.5, 12.5));
        yield return ("Tensor.neg()", () => Vector(V(1, -2).neg(), -1, 2));
        yield return ("Tensor.reciprocal()", () => Vector(V(2, -4).reciprocal(), 0.5, -0.25));
        yield return ("Tensor.matmul(Tensor)", () => Vector(M(2, 3, 1, 2, 3, 4, 5, 6).matmul(V(1, 0, -1)), -2, -2));
        yield return ("Tensor.mm(Tensor)", () => Matrix(M(2, 2, 1, 2, 3, 4).mm(M(2, 2, 5, 6, 7, 8)), 2, 2, 19, 22, 43, 50));
        yield return ("Tensor.bmm(Tensor)", () => Values(
            tensor([1f, 2, 3, 4], [2, 1, 2]).bmm(tensor([5f, 6, 7, 8], [2, 2, 1])), [2, 1, 1], [17, 53]));
        yield return ("torch.matmul(Tensor, Tensor)", () => Number(matmul(V(1, 2), V(3, 4)), 11));
        yield return ("torch.addmm(Tensor, Tensor, Tensor, float, float)", () => Matrix(
            addmm(V(1, 1), M(2, 1, 1, 2), M(1, 2, 3, 4), 2, 10), 2, 2, 32, 42, 62, 82));
        yield return ("torch.baddbmm(Tensor, Tensor, Tensor, float, float)", () => Values(
            baddbmm(ones([2, 1, 1]), tensor([1f, 2, 3, 4], [2, 1, 2]), tensor([5f, 6, 7, 8], [2, 2, 1]), 2, 0.5f), [2, 1, 1], [10.5, 28.5]));
        yield return ("Tensor.op_Addition(Tensor, Tensor)", () => Vector(V(1, 2) + V(3, 5), 4, 7));
        yield return ("Tensor.op_Addition(Tensor, Scalar)", () => Vector(V(1, 2) + 1, 2, 3));
        yield return ("Tensor.op_Addition(Scalar, Tensor)", () => Vector(0.5 + V(1, 2), 1.5, 2.5));
        yield return ("Tensor.op_Subtraction(Tensor, Tensor)", () => Vector(V(1, 2) - V(3, 5), -2, -3));
        yield return ("Tensor.op_Subtraction(Tensor, Scalar)", () => Vector(V(1, 2) - 1f, 0, 1));
        yield return ("Tensor.op_Subtraction(Scalar, Tensor)", () => Vector(1 - V(1, 3), 0, -2));
        yield return ("Tensor.op_Multiply(Tensor, Tensor)", () => Vector(V(1, 2) * V(3, 5), 3, 10));
        yield return ("Tensor.op_Multiply(Tensor, Scalar)", () => Vector(V(1, 2) * 3L, 3, 6));
        yield return ("Tensor.op_Multiply(Scalar, Tensor)", () => Vector(0.5 * V(1, 2), 0.5, 1));
        yield return ("Tensor.op_Division(Tensor, Tensor)", () => Vector(V(1, 2) / V(4, 5), 0.25, 0.4));
        yield return ("Tensor.op_Division(Tensor, Scalar)", () => Vector(V(1, 2) / 4, 0.25, 0.5));
        yield return ("Tensor.op_Division(Scalar, Tensor)", () => Vector(1 / V(4, 5), 0.25, 0.2));
        yield return ("Tensor.op_UnaryNegation(Tensor)", () => Vector(-V(1, -2), -1, 2));
    }

    private static IEnumerable<(string Call, Action Check)> Pointwise()
    {
        yield return ("Tensor.abs()", () => Vector(V(-1, 2).abs(), 1, 2));
        yield return ("Tensor.exp()", () => Vector(V(0, 1).exp(), 1, Math.E));
        yield return ("Tensor.log()", () => Vector(V(1, (float)Math.E).log(), 0, 1));
        yield return ("Tensor.sqrt()", () => Vector(V(4, 2).sqrt(), 2, Math.Sqrt(2)));
        yield return ("Tensor.rsqrt()", () => Vector(V(4, 2).rsqrt(), 0.5, 1 / Math.Sqrt(2)));
        yield return ("Tensor.sin()", () => Vector(V(0, 1).sin(), 0, Math.Sin(1)));
        yield return ("Tensor.cos()", () => Vector(V(0, 1).cos(), 1, Math.Cos(1)));
        yield return ("Tensor.tanh()", () => Vector(V(0, 1).tanh(), 0, Math.Tanh(1)));
        yield return ("Tensor.erf()", () => Vector(V(0, 1).erf(), 0, 0.8427007929497149));
        yield return ("Tensor.sigmoid()", () => Vector(V(0, 2).sigmoid(), 0.5, Sigmoid(2)));
        yield return ("Tensor.square()", () => Vector(V(-3, 0.5f).square(), 9, 0.25));
        yield return ("Tensor.floor()", () => Vector(V(-1.5f, 1.5f).floor(), -2, 1));
        yield return ("Tensor.ceil()", () => Vector(V(-1.5f, 1.5f).ceil(), -1, 2));
        // Halves go to the even neighbour, as in C#.
        yield return ("Tensor.round()", () => Vector(V(0.5f, 1.5f, 2.5f, -0.6f).round(), 0, 2, 2, -1));
        yield return ("Tensor.trunc()", () => Vector(V(-1.5f, 1.5f).trunc(), -1, 1));
        yield return ("Tensor.clamp(Scalar?, Scalar?)", () =>
        {
            Vector(V(-2, 0.5f, 3).clamp(-1, 1), -1, 0.5, 1);
            Vector(V(-2, 0.5f, 3).clamp(min: 0), 0, 0.5, 3);
            Vector(V(-2, 0.5f, 3).clamp(max: 0), -2, 0, 0);
        }
        );
        yield return ("Tensor.maximum(Tensor)", () => Vector(V(1, 5).maximum(V(3, 2)), 3, 5));
        yield return ("Tensor.minimum(Tensor)", () => Vector(V(1, 5).minimum(V(3, 2)), 1, 2));
        yield return ("Tensor.silu()", () => Vector(V(0, 2, -2).silu(), 0, 2 * Sigmoid(2), -2 * Sigmoid(-2)));
        yield return ("Tensor.silu_()", () => InPlace(V(0, 2), t => t.silu_(), 0, 2 * Sigmoid(2)));
        yield return ("Tensor.relu()", () => Vector(V(-1, 2).relu(), 0, 2));
        yield return ("Tensor.relu_()", () => InPlace(V(-1, 2), t => t.relu_(), 0, 2));
        yield return ("Tensor.softmax(long, ScalarType?)", () =>
        {
            var odds = Math.E / (1 + Math.E);
            Matrix(M(2, 2, 0, 1, 3, 3).softmax(-1), 2, 2, 1 - odds, odds, 0.5, 0.5);
            Assert.Equal(ScalarType.Float64, V(0, 1).softmax(0, ScalarType.Float64).dtype);
        }
        );
        yield return ("torch.exp(Tensor)", () => Vector(exp(V(0, 1)), 1, Math.E));
        yield return ("torch.sqrt(Tensor)", () => Vector(sqrt(V(4, 9)), 2, 3));
        yield return ("torch.tanh(Tensor)", () => Vector(tanh(V(0, 1)), 0, Math.Tanh(1)));
        yield return ("torch.sigmoid(Tensor)", () => Vector(sigmoid(V(0, 2)), 0.5, Sigmoid(2)));
        yield return ("torch.softmax(Tensor, long, ScalarType?)", () => Vector(softmax(V(5, 5), 0), 0.5, 0.5));
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static IEnumerable<(string Call, Action Check)> Comparison()
    {
        yield return ("Tensor.eq(Tensor)", () => Truth(V(1, 2, 3).eq(V(3, 2, 1)), false, true, false));
        yield return ("Tensor.eq(Scalar)", () => Truth(V(1, 2, 3).eq(2), false, true, false));
        yield return ("Tensor.ne(Tensor)", () => Truth(V(1, 2, 3).ne(V(3, 2, 1)), true, false, true));
        yield return ("Tensor.ne(Scalar)", () => Truth(V(1, 2, 3).ne(2), true, false, true));
        yield return ("Tensor.lt(Tensor)", () => Truth(V(1, 2, 3).lt(V(3, 2, 1)), true, false, false));
        yield return ("Tensor.lt(Scalar)", () => Truth(V(1, 2, 3).lt(2), true, false, false));
        yield return ("Tensor.gt(Tensor)", () => Truth(V(1, 2, 3).gt(V(3, 2, 1)), false, false, true));
        yield return ("Tensor.gt(Scalar)", () => Truth(V(1, 2, 3).gt(2), false, false, true));
        yield return ("Tensor.le(Tensor)", () => Truth(V(1, 2, 3).le(V(3, 2, 1)), true, true, false));
        yield return ("Tensor.le(Scalar)", () => Truth(V(1, 2, 3).le(2), true, true, false));
        yield return ("Tensor.ge(Tensor)", () => Truth(V(1, 2, 3).ge(V(3, 2, 1)), false, true, true));
        yield return ("Tensor.ge(Scalar)", () => Truth(V(1, 2, 3).ge(2), false, true, true));
        yield return ("Tensor.isfinite()", () => Truth(V(1, float.NaN, float.PositiveInfinity).isfinite(), true, false, false));
        yield return ("Tensor.isnan()", () => Truth(V(1, float.NaN, float.PositiveInfinity).isnan(), false, true, false));
        yield return ("Tensor.logical_not()", () => Truth(V(0, 2).logical_not(), true, false));
        yield return ("Tensor.logical_and(Tensor)", () => Truth(V(0, 1, 2).logical_and(V(1, 1, 0)), false, true, false));
        yield return ("Tensor.logical_or(Tensor)", () => Truth(V(0, 0, 2).logical_or(V(1, 0, 0)), true, false, true));
        yield return ("Tensor.masked_fill(Tensor, Scalar)", () => Vector(V(1, 2).masked_fill(tensor([true, false]), -1), -1, 2));
        yield return ("torch.where(Tensor, Tensor, Tensor)", () => Vector(where(tensor([true, false]), V(1, 2), V(3, 4)), 1, 4));
        yield return ("Tensor.Equals(Tensor)", () =>
        {
            Assert.True(V(1, 2).Equals(V(1, 2)));
            Assert.False(V(1, 2).Equals(V(1, 3)));
            Assert.False(V(1, 2).Equals(M(1, 2, 1, 2)));
        }
        );
        yield return ("Tensor.allclose(Tensor, double, double, bool)", () =>
        {
            Assert.True(V(1, 100).allclose(V(1, 100.0005f)));
            Assert.False(V(1, 100).allclose(V(1, 100.01f)));
            Assert.True(V(1, 100).allclose(V(1, 100.01f), atol: 0.02));
            Assert.False(V(float.NaN).allclose(V(float.NaN)));
            Assert.True(V(float.NaN).allclose(V(float.NaN), equal_nan: true));
        }
        );
    }

    private static IEnumerable<(string Call, Action Check)> Reductions()
    {
        static Tensor Six() => M(2, 3, 1, 2, 3, 4, 5, 7);

        yield return ("Tensor.sum(ScalarType?)", () =>
        {
            Number(Six().sum(), 22);
            Assert.Equal(ScalarType.Float64, Six().sum(ScalarType.Float64).dtype);
        }
        );
        yield return ("Tensor.sum(long, bool, ScalarType?)", () =>
        {
            Vector(Six().sum(1), 6, 16);
            Matrix(Six().sum(-1, keepdim: true), 2, 1, 6, 16);
        }
        );
        yield return ("Tensor.sum(ReadOnlySpan<long>, bool, ScalarType?)", () => Matrix(Six().sum([0, 1], keepdim: true), 1, 1, 22));
        yield return ("Tensor.mean()", () => Number(Six().mean(), 22 / 6.0));
        yield return ("Tensor.mean(long[], bool, ScalarType?)", () =>
        {
            Vector(Six().mean([0]), 2.5, 3.5, 5);
            Assert.Equal(ScalarType.Float64, tensor([1L, 2L]).mean([0], type: ScalarType.Float64).dtype);
        }
        );
        yield return ("Tensor.std(bool)", () =>
        {
            Number(V(1, 3).std(), Math.Sqrt(2));
            Number(V(1, 3).std(unbiased: false), 1);
        }
        );
        yield return ("Tensor.std(long[], bool, bool)", () =>
        {
            Vector(M(2, 2, 1, 3, 5, 9).std([1]), Math.Sqrt(2), Math.Sqrt(8));
            Matrix(M(2, 2, 1, 3, 5, 9).std([1], unbiased: false, keepdim: true), 2, 1, 1, 2);
        }
        );
        yield return ("Tensor.var(bool)", () =>
        {
            Number(V(1, 3).var(), 2);
            Number(V(1, 3).var(unbiased: false), 1);
        }
        );
        yield return ("Tensor.var(long[], bool, bool)", () =>
        {
            Vector(M(2, 2, 1, 3, 5, 9).var([1]), 2, 8);
            Matrix(M(2, 2, 1, 3, 5, 9).var([1], unbiased: false, keepdim: true), 2, 1, 1, 4);
        }
        );
        yield return ("Tensor.amax(ReadOnlySpan<long>, bool)", () => Vector(Six().amax([0]), 4, 5, 7));
        yield return ("Tensor.amin(ReadOnlySpan<long>, bool)", () => Matrix(Six().amin([0, 1], keepdim: true), 1, 1, 1));
        yield return ("Tensor.max()", () => Number(Six().max(), 7));
        yield return ("Tensor.min()", () => Number(Six().min(), 1));
        yield return ("Tensor.argmax()", () => Assert.Equal(5, Six().argmax().ToInt64()));
        yield return ("Tensor.argmax(long, bool)", () => Vector(M(2, 2, 1, 3, 5, 0).argmax(1), 1, 0));
        yield return ("Tensor.argmin(long, bool)", () => Matrix(M(2, 2, 1, 3, 5, 0).argmin(1, keepdim: true), 2, 1, 0, 1));
        yield return ("Tensor.norm(float)", () =>
        {
            Number(V(3, -4).norm(), 5);
            Number(V(3, -4).norm(1), 7);
        }
        );
        yield return ("Tensor.all()", () => Assert.False(tensor([true, false]).all().ToBoolean()));
        yield return ("Tensor.any()", () => Assert.True(tensor([true, false]).any().ToBoolean()));
        yield return ("Tensor.cumsum(long, ScalarType?)", () =>
        {
            Matrix(Six().cumsum(1), 2, 3, 1, 3, 6, 4, 9, 16);
            Assert.Equal(ScalarType.Float64, Six().cumsum(1, ScalarType.Float64).dtype);
        }
        );
        yield return ("Tensor.cumprod(long, ScalarType?)", () => Matrix(Six().cumprod(0), 2, 3, 1, 2, 3, 4, 10, 21));
    }
}

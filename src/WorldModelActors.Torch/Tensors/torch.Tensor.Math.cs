namespace WorldModelActors.Torch;

public static partial class torch
{
    public sealed partial class Tensor
    {
        public Tensor abs() => Ops.abs.Call(this);

        public Tensor exp() => Ops.exp.Call(this);

        public Tensor log() => Ops.log.Call(this);

        public Tensor sqrt() => Ops.sqrt.Call(this);

        public Tensor rsqrt() => Ops.rsqrt.Call(this);

        public Tensor sin() => Ops.sin.Call(this);

        public Tensor cos() => Ops.cos.Call(this);

        public Tensor tanh() => Ops.tanh.Call(this);

        public Tensor erf() => Ops.erf.Call(this);

        public Tensor sigmoid() => Ops.sigmoid.Call(this);

        public Tensor square() => Ops.square.Call(this);

        public Tensor floor() => Ops.floor.Call(this);

        public Tensor ceil() => Ops.ceil.Call(this);

        public Tensor round() => Ops.round.Call(this);

        public Tensor trunc() => Ops.trunc.Call(this);

        public Tensor neg() => Ops.neg.Call(this);

        public Tensor reciprocal() => Ops.reciprocal.Call(this);

        public Tensor isfinite() => Ops.isfinite.Call(this);

        public Tensor isnan() => Ops.isnan.Call(this);

        public Tensor logical_not() => Ops.logical_not.Call(this);

        public Tensor add(Tensor other) => Ops.add.Call(this, other);

        public Tensor add(Scalar other) => Ops.add.Call(this, Arg.Number(other));

        public Tensor add_(Tensor other) => Ops.add_.CallInPlace(this, this, other);

        public Tensor add_(Scalar other) => Ops.add_.CallInPlace(this, this, Arg.Number(other));

        public Tensor sub(Tensor other) => Ops.sub.Call(this, other);

        public Tensor sub(Scalar other) => Ops.sub.Call(this, Arg.Number(other));

        public Tensor sub_(Tensor other) => Ops.sub_.CallInPlace(this, this, other);

        public Tensor sub_(Scalar other) => Ops.sub_.CallInPlace(this, this, Arg.Number(other));

        public Tensor mul(Tensor other) => Ops.mul.Call(this, other);

        public Tensor mul(Scalar other) => Ops.mul.Call(this, Arg.Number(other));

        public Tensor mul_(Tensor other) => Ops.mul_.CallInPlace(this, this, other);

        public Tensor mul_(Scalar other) => Ops.mul_.CallInPlace(this, this, Arg.Number(other));

        public Tensor div(Tensor other) => Ops.div.Call(this, other);

        public Tensor div(Scalar other) => Ops.div.Call(this, Arg.Number(other));

        public Tensor div_(Tensor other) => Ops.div_.CallInPlace(this, this, other);

        public Tensor div_(Scalar other) => Ops.div_.CallInPlace(this, this, Arg.Number(other));

        public Tensor eq(Tensor other) => Ops.eq.Call(this, other);

        public Tensor eq(Scalar other) => Ops.eq_scalar.Call(this, other);

        public Tensor ne(Tensor other) => Ops.ne.Call(this, other);

        public Tensor ne(Scalar other) => Ops.ne_scalar.Call(this, other);

        public Tensor lt(Tensor other) => Ops.lt.Call(this, other);

        public Tensor lt(Scalar other) => Ops.lt_scalar.Call(this, other);

        public Tensor gt(Tensor other) => Ops.gt.Call(this, other);

        public Tensor gt(Scalar other) => Ops.gt_scalar.Call(this, other);

        public Tensor le(Tensor other) => Ops.le.Call(this, other);

        public Tensor le(Scalar other) => Ops.le_scalar.Call(this, other);

        public Tensor ge(Tensor other) => Ops.ge.Call(this, other);

        public Tensor ge(Scalar other) => Ops.ge_scalar.Call(this, other);

        /// <summary>self + alpha * other.</summary>
        public Tensor add(Tensor other, Scalar alpha) => Ops.add.Call(this, other, alpha);

        /// <summary>self += alpha * other.</summary>
        public Tensor add_(Tensor other, Scalar alpha) => Ops.add_.CallInPlace(this, this, other, alpha);

        /// <summary>self + value * tensor1 * tensor2.</summary>
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcmul.Call(this, tensor1, tensor2, value);

        /// <summary>self + weight * (end - self).</summary>
        public Tensor lerp(Tensor end, Scalar weight) => Ops.lerp.Call(this, end, weight);

        public Tensor pow(Scalar exponent) => Ops.pow.Call(this, exponent);

        public Tensor pow(Tensor exponent) => Ops.pow_tensor.Call(this, exponent);

        public Tensor remainder(Scalar other) => Ops.remainder.Call(this, other);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) =>
            Ops.clamp.Call(this, min is { } lo ? lo : Arg.None, max is { } hi ? hi : Arg.None);

        public Tensor logical_and(Tensor other) => Ops.logical_and.Call(this, other);

        public Tensor logical_or(Tensor other) => Ops.logical_or.Call(this, other);

        public Tensor maximum(Tensor other) => Ops.maximum.Call(this, other);

        public Tensor minimum(Tensor other) => Ops.minimum.Call(this, other);

        public Tensor masked_fill(Tensor mask, Scalar value) => Ops.masked_fill.Call(this, mask, value);

        public Tensor silu() => Ops.silu.Call(this);

        public Tensor silu_() => Ops.silu_.CallInPlace(this, this);

        public Tensor relu() => Ops.relu.Call(this);

        public Tensor relu_() => Ops.relu_.CallInPlace(this, this);

        public Tensor matmul(Tensor other) => Ops.matmul.Call(this, other);

        public Tensor mm(Tensor other) => Ops.mm.Call(this, other);

        public Tensor bmm(Tensor batch2) => Ops.bmm.Call(this, batch2);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Ops.softmax.Call(this, dim, dtype);

        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);

        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);

        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);

        public static Tensor operator -(Scalar left, Tensor right) => Ops.rsub_scalar.Call(right, left);

        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);

        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);

        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        public static Tensor operator /(Scalar left, Tensor right)
        {
            using var inverse = right.reciprocal();
            return inverse.mul(left);
        }

        public static Tensor operator -(Tensor tensor) => tensor.neg();
    }
}

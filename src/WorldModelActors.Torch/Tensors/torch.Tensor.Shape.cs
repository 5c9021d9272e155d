namespace WorldModelActors.Torch;

public static partial class torch
{
    public sealed partial class Tensor
    {
        /// <summary>Indexes by integers, slices, <see cref="TensorIndex.Ellipsis"/>, <see cref="TensorIndex.None"/> or index tensors.</summary>
        public Tensor this[params TensorIndex[] indices] => TensorIndex.Apply(this, indices);

        public Tensor this[long index] => select(0, index);

        public unsafe Tensor reshape(params long[] shape)
        {
            fixed (long* s = shape)
                return Ops.reshape.Call(this, Arg.Ints(s, shape.Length));
        }

        public unsafe Tensor view(params long[] shape)
        {
            fixed (long* s = shape)
                return Ops.view.Call(this, Arg.Ints(s, shape.Length));
        }

        public unsafe Tensor permute(params long[] permutation)
        {
            fixed (long* s = permutation)
                return Ops.permute.Call(this, Arg.Ints(s, permutation.Length));
        }

        public Tensor transpose(long dim0, long dim1) => Ops.transpose.Call(this, dim0, dim1);

        /// <summary>The transpose of a matrix.</summary>
        public Tensor t() => transpose(0, 1);

        public Tensor unsqueeze(long dim) => Ops.unsqueeze.Call(this, dim);

        public Tensor squeeze(long? dim = null) => dim is { } d ? Ops.squeeze_dim.Call(this, d) : Ops.squeeze.Call(this);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Ops.flatten.Call(this, start_dim, end_dim);

        public unsafe Tensor expand(params long[] sizes)
        {
            fixed (long* s = sizes)
                return Ops.expand.Call(this, Arg.Ints(s, sizes.Length));
        }

        public unsafe Tensor repeat(params long[] sizes)
        {
            fixed (long* s = sizes)
                return Ops.repeat.Call(this, Arg.Ints(s, sizes.Length));
        }

        public Tensor repeat_interleave(long repeats, long? dim = null) =>
            Ops.repeat_interleave.Call(this, repeats, dim is { } d ? d : Arg.None);

        public Tensor narrow(long dim, long start, long length) => Ops.narrow.Call(this, dim, start, length);

        public Tensor select(long dim, long index) => Ops.select.Call(this, dim, index);

        public Tensor slice(long dim, long start, long finish, long step) => Ops.slice.Call(this, dim, start, finish, step);

        public Tensor index_select(long dim, Tensor index) => Ops.index_select.Call(this, dim, index);

        public Tensor gather(long dim, Tensor index) => Ops.gather.Call(this, dim, index);

        /// <summary>Writes source's slices to the given indices of a dimension.</summary>
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => Ops.index_copy_.CallInPlace(this, this, dim, index, source);

        public Tensor[] chunk(long chunks, long dim = 0) => Ops.chunk.CallMany(this, chunks, dim);

        public Tensor[] split(long size, long dim = 0) => Ops.split.CallMany(this, size, dim);

        public Tensor[] unbind(long dim = 0) => Ops.unbind.CallMany(this, dim);

        public unsafe Tensor flip(params long[] dims)
        {
            fixed (long* s = dims)
                return Ops.flip.Call(this, Arg.Ints(s, dims.Length));
        }

        public unsafe Tensor roll(long shift, long dim) => Ops.roll.Call(this, Arg.Ints(&shift, 1), Arg.Ints(&dim, 1));

        public Tensor tril(long diagonal = 0) => Ops.tril.Call(this, diagonal);

        public Tensor triu(long diagonal = 0) => Ops.triu.Call(this, diagonal);
    }

    /// <summary>One position of an index expression.</summary>
    public readonly struct TensorIndex
    {
        private readonly Kind _kind;
        private readonly long _a;
        private readonly long? _start;
        private readonly long? _stop;
        private readonly Tensor? _tensor;

        private TensorIndex(Kind kind, long a = 0, long? start = null, long? stop = null, Tensor? tensor = null)
        {
            _kind = kind;
            _a = a;
            _start = start;
            _stop = stop;
            _tensor = tensor;
        }

        private enum Kind
        {
            Integer,
            Slice,
            Ellipsis,
            None,
            Tensor,
        }

        /// <summary>All dimensions that the other positions leave.</summary>
        public static TensorIndex Ellipsis => new(Kind.Ellipsis);

        /// <summary>The whole dimension.</summary>
        public static TensorIndex Colon => new(Kind.Slice, 1);

        /// <summary>A new dimension of size 1.</summary>
        public static TensorIndex None => new(Kind.None);

        public static implicit operator TensorIndex(long value) => new(Kind.Integer, value);

        public static implicit operator TensorIndex(int value) => new(Kind.Integer, value);

        public static implicit operator TensorIndex(Tensor value) => new(Kind.Tensor, tensor: value);

        public static implicit operator TensorIndex(Range range) =>
            Slice(
                range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
                range.End.IsFromEnd ? (range.End.Value == 0 ? null : -range.End.Value) : range.End.Value);

        /// <summary>Elements start, start + step, ... before stop (negative: counted from the end).</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Kind.Slice, step ?? 1, start, stop);

        /// <summary>One element of the dimension, which is dropped.</summary>
        public static TensorIndex Single(long? index) => new(Kind.Integer, index ?? 0);

        internal static unsafe Tensor Apply(Tensor self, TensorIndex[] indices)
        {
            using var scope = NewDisposeScope();
            var consumed = indices.Count(i => i._kind is Kind.Integer or Kind.Slice or Kind.Tensor);
            var result = self.alias();
            var dim = 0L;
            List<(long Dim, Tensor Index)> advanced = [];
            foreach (var index in indices)
            {
                switch (index._kind)
                {
                    case Kind.Integer:
                        result = result.select(dim, index._a);
                        break;
                    case Kind.Slice:
                        result = Ops.slice.Call(
                            result, dim, index._start is { } s ? s : Arg.None, index._stop is { } e ? e : Arg.None, index._a);
                        dim++;
                        break;
                    case Kind.Ellipsis:
                        dim += self.dim() - consumed;
                        break;
                    case Kind.None:
                        result = result.unsqueeze(dim++);
                        break;
                    default:
                        advanced.Add((dim++, index._tensor!));
                        break;
                }
            }
            if (advanced.Count > 0)
            {
                var handles = new nint[result.dim()];
                foreach (var (d, t) in advanced)
                    handles[d] = t.Handle;
                fixed (nint* p = handles)
                    result = Ops.index.Call(result, Arg.OptionalTensors(p, handles.Length));
            }
            return result.MoveToOuterDisposeScope();
        }
    }
}

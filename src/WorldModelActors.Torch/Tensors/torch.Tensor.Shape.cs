namespace WorldModelActors.Torch;

public static partial class torch
{
    public sealed partial class Tensor
    {
        /// <summary>
        /// Indexes by integers, slices, <see cref="TensorIndex.Ellipsis"/>, <see cref="TensorIndex.None"/>, index tensors and masks.
        /// Without the last two the result shares the elements.
        /// </summary>
        public Tensor this[params TensorIndex[] indices]
        {
            get => TensorIndex.Get(this, indices);
            set => index_put_(value, indices);
        }

        /// <summary>One slice of the first dimension.</summary>
        public Tensor this[long index]
        {
            get => select(0, index);
            set
            {
                using var scope = NewDisposeScope();
                select(0, index).copy_(value);
            }
        }

        /// <summary>Writes <paramref name="value"/> (broadcast) where the indices point.</summary>
        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            TensorIndex.Put(this, indices, value);
            return this;
        }

        /// <summary>Writes a number where the indices point.</summary>
        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var scope = NewDisposeScope();
            return index_put_(full([], value, dtype, device), indices);
        }

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

        /// <summary>Shifts the elements along a dimension (of the flattened tensor where none is given), around the end.</summary>
        public unsafe Tensor roll(long shifts, long? dims = null)
        {
            var dim = dims ?? 0;
            return Ops.roll.Call(this, Arg.Ints(&shifts, 1), Arg.Ints(&dim, dims is null ? 0 : 1));
        }

        public Tensor tril(long diagonal = 0) => Ops.tril.Call(this, diagonal);

        public Tensor triu(long diagonal = 0) => Ops.triu.Call(this, diagonal);
    }
}

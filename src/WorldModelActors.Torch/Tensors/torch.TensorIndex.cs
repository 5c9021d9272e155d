namespace WorldModelActors.Torch;

public static partial class torch
{
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

        public static implicit operator TensorIndex(Index value) => new(Kind.Integer, FromStart(value));

        public static implicit operator TensorIndex(Tensor value) => new(Kind.Tensor, tensor: value);

        public static implicit operator TensorIndex(Range range) =>
            Slice(FromStart(range.Start), range.End.Equals(Index.End) ? null : FromStart(range.End));

        /// <summary>Elements start, start + step, ... before stop (negative: counted from the end).</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Kind.Slice, step ?? 1, start, stop);

        /// <summary>One element of the dimension, which is dropped.</summary>
        public static TensorIndex Single(long? index) => new(Kind.Integer, index ?? 0);

        internal static unsafe Tensor Get(Tensor self, TensorIndex[] indices)
        {
            using var scope = NewDisposeScope();
            var view = View(self, indices, out var advanced);
            if (advanced is not null)
            {
                fixed (nint* p = advanced)
                    view = Ops.index.Call(view, Arg.OptionalTensors(p, advanced.Length));
            }
            return view.MoveToOuterDisposeScope();
        }

        internal static unsafe void Put(Tensor self, TensorIndex[] indices, Tensor value)
        {
            using var scope = NewDisposeScope();
            var view = View(self, indices, out var advanced);
            if (advanced is null)
            {
                view.copy_(value);
                return;
            }
            // Elements that index tensors point to are of one type with what is written.
            var source = value.dtype == self.dtype ? value : value.to(self.dtype);
            fixed (nint* p = advanced)
                Ops.index_put_.CallInPlace(view, view, Arg.OptionalTensors(p, advanced.Length), source);
        }

        private static long FromStart(Index index) => index.IsFromEnd ? -index.Value : index.Value;

        // Applies all positions but tensors as views; these are left in the place that aten::index wants them (0: not indexed).
        private static Tensor View(Tensor self, TensorIndex[] indices, out nint[]? advanced)
        {
            var consumed = 0L;
            foreach (var index in indices)
                consumed += index.Consumes;
            if (consumed > self.dim())
                throw new TorchException($"index: {consumed} positions for the shape [{string.Join(", ", self.shape)}]");
            var view = self.alias();
            var dim = 0L;
            // aten::index counts a mask of several dimensions as one place.
            var masked = 0L;
            var ellipsis = false;
            List<(long Place, Tensor Index)>? tensors = null;
            foreach (var index in indices)
            {
                switch (index._kind)
                {
                    case Kind.Integer:
                        view = view.select(dim, index._a);
                        break;
                    case Kind.Slice:
                        view = Ops.slice.Call(
                            view, dim, index._start is { } s ? s : Arg.None, index._stop is { } e ? e : Arg.None, index._a);
                        dim++;
                        break;
                    case Kind.Ellipsis:
                        if (ellipsis)
                            throw new TorchException("index: only one ellipsis");
                        ellipsis = true;
                        dim += self.dim() - consumed;
                        break;
                    case Kind.None:
                        view = view.unsqueeze(dim++);
                        break;
                    default:
                        (tensors ??= []).Add((dim - masked, index._tensor!));
                        dim += index.Consumes;
                        masked += index.Consumes - 1;
                        break;
                }
            }
            advanced = tensors is null ? null : new nint[view.dim() - masked];
            foreach (var (place, tensor) in tensors ?? [])
                advanced![place] = tensor.Handle;
            return view;
        }

        // Dimensions of the indexed tensor that this position stands for.
        private long Consumes => _kind switch
        {
            Kind.Integer or Kind.Slice => 1,
            Kind.Tensor => _tensor!.dtype is ScalarType.Bool or ScalarType.Byte ? _tensor.dim() : 1,
            _ => 0,
        };
    }
}

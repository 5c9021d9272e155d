namespace WorldModelActors.Models;

/// <summary>
/// The only names that a pickle may import, and what calling them means here. Nothing is ever looked up by reflection: a name
/// that is not in this file cannot be reached.
/// </summary>
internal static class PickleGlobals
{
    private const int MaxRank = 64;

    private static readonly Dictionary<string, ElementType> Storages = new(StringComparer.Ordinal)
    {
        ["FloatStorage"] = ElementType.Float32,
        ["DoubleStorage"] = ElementType.Float64,
        ["HalfStorage"] = ElementType.Float16,
        ["BFloat16Storage"] = ElementType.BFloat16,
        ["LongStorage"] = ElementType.Int64,
        ["IntStorage"] = ElementType.Int32,
        ["ShortStorage"] = ElementType.Int16,
        ["CharStorage"] = ElementType.Int8,
        ["ByteStorage"] = ElementType.UInt8,
        ["BoolStorage"] = ElementType.Bool,
        ["ComplexFloatStorage"] = ElementType.Complex64,
    };

    private static readonly HashSet<string> Callables = new(StringComparer.Ordinal)
    {
        "collections.OrderedDict",
        "torch._utils._rebuild_tensor_v2",
        "torch._utils._rebuild_parameter",
        "torch.Size",
        "torch.device",
        "builtins.set",
        "builtins.frozenset",
        "__builtin__.set",
        "__builtin__.frozenset",
    };

    // torch.float32 and the like are values; a checkpoint's hyper-parameters may mention them.
    private static readonly HashSet<string> Values = new(StringComparer.Ordinal)
    {
        "torch.float16",
        "torch.bfloat16",
        "torch.float32",
        "torch.float64",
        "torch.uint8",
        "torch.int8",
        "torch.int16",
        "torch.int32",
        "torch.int64",
        "torch.bool",
        "torch.complex64",
        "torch.strided",
        "torch.contiguous_format",
    };

    /// <summary>The global, if it is an allowed one.</summary>
    public static PickleGlobal? Find(string module, string name)
    {
        var full = $"{module}.{name}";
        return Callables.Contains(full) || Values.Contains(full) || (module == "torch" && Storages.ContainsKey(name))
            ? new PickleGlobal(module, name)
            : null;
    }

    /// <summary>The element type of a storage class such as <c>torch.FloatStorage</c>.</summary>
    public static ElementType? StorageType(PickleGlobal global)
        => global.Module == "torch" && Storages.TryGetValue(global.Name, out var type) ? type : null;

    /// <summary>What calling an allowed global gives.</summary>
    /// <exception cref="CheckpointException">It cannot be called, or not with these arguments.</exception>
    public static object? Call(PickleGlobal global, PickleTuple arguments) => (global.FullName, arguments.Items) switch
    {
        ("collections.OrderedDict", []) => new PickleDict(),
        ("torch._utils._rebuild_tensor_v2", [PickleStorage storage, long offset, PickleTuple size, PickleTuple stride, _, _, ..]) when arguments.Items.Length <= 7
            => Tensor(storage, offset, size, stride),
        ("torch._utils._rebuild_parameter", [PickleTensor tensor, _, _]) => tensor,
        ("torch.Size", [PickleTuple size]) => size,
        ("torch.device", [string kind]) => kind,
        ("torch.device", [string kind, long index]) => $"{kind}:{index}",
        ("builtins.set" or "builtins.frozenset" or "__builtin__.set" or "__builtin__.frozenset", []) => new PickleList(),
        ("builtins.set" or "builtins.frozenset" or "__builtin__.set" or "__builtin__.frozenset", [PickleList items]) => items,
        _ => throw new CheckpointException($"calls {global.FullName} in a way that torch.save does not write"),
    };

    /// <summary>Checks that a view lies inside of its storage before anything relies on it.</summary>
    private static PickleTensor Tensor(PickleStorage storage, long offset, PickleTuple size, PickleTuple stride)
    {
        if (size.Items.Length != stride.Items.Length || size.Items.Length > MaxRank)
        {
            throw new CheckpointException($"has a tensor with {size.Items.Length} sizes and {stride.Items.Length} strides");
        }

        var shape = NonNegative(size);
        var strides = NonNegative(stride);
        Int128 count = 1;
        Int128 last = offset;
        for (var d = 0; d < shape.Length; d++)
        {
            // A zero size makes the product zero for good, so 128 bits cannot overflow before the check below.
            count = shape[d] == 0 ? 0 : count * shape[d];
            last += (Int128)Math.Max(0, shape[d] - 1) * strides[d];
            if (count > long.MaxValue || last > long.MaxValue)
            {
                throw new CheckpointException($"has a tensor of the absurd shape [{string.Join(", ", shape)}]");
            }
        }

        if (offset < 0 || (count > 0 && last >= storage.Count) || (count == 0 && offset > storage.Count))
        {
            throw new CheckpointException($"has a tensor of shape [{string.Join(", ", shape)}] that reaches beyond its storage '{storage.Key}' of {storage.Count} elements");
        }

        // Zero strides let a tiny storage look huge (tensor.expand); copying that out would allocate without bound.
        if (count > Math.Max(storage.Count, 1 << 20))
        {
            throw new CheckpointException($"has a tensor of shape [{string.Join(", ", shape)}] on a storage '{storage.Key}' of only {storage.Count} elements");
        }

        return new PickleTensor(storage, offset, shape, strides);
    }

    private static long[] NonNegative(PickleTuple tuple) => Array.ConvertAll(tuple.Items, item => item is long and >= 0
        ? (long)item
        : throw new CheckpointException("has a tensor whose sizes or strides are not whole numbers >= 0"));
}

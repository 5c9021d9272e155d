namespace WorldModelActors.Models;

/// <summary>How <see cref="CheckpointConverter"/> writes.</summary>
public sealed record ConversionOptions
{
    /// <summary>float16, bfloat16 or float32 for floating-point parameters; null keeps each as it is. Buffers are never touched.</summary>
    public ElementType? ParameterType { get; init; }

    /// <summary>Leaves out the keys that this model never reads (and those that it does not know).</summary>
    public WeightSchema? KeepUsedBy { get; init; }
}

/// <summary>What was written.</summary>
/// <param name="Tensors">Tensors in the new file.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Narrowed">Tensors whose type changed.</param>
/// <param name="Dropped">Keys left out.</param>
public sealed record ConversionResult(int Tensors, long Bytes, int Narrowed, IReadOnlyList<string> Dropped);

/// <summary>
/// Writes any readable checkpoint as a safetensors file: tensor by tensor, into a temporary file that is renamed at the end.
/// The same source and options always give the same bytes.
/// </summary>
public static class CheckpointConverter
{
    private const int ChunkElements = 1 << 18;

    /// <param name="source">An open checkpoint.</param>
    /// <param name="destination">The safetensors file to write.</param>
    /// <param name="options">Types and selection.</param>
    /// <param name="progress">Told (bytes written, bytes in all) after each tensor.</param>
    /// <param name="cancellation">Stops between two tensors and leaves nothing behind.</param>
    /// <exception cref="CheckpointException">The file cannot be written, or a number does not fit the new type.</exception>
    public static ConversionResult Convert(
        Checkpoint source, string destination, ConversionOptions options, IProgress<(long Done, long Total)>? progress = null, CancellationToken cancellation = default)
    {
        if (options.ParameterType is not (null or ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32))
        {
            throw new CheckpointException($"parameters cannot be converted to {options.ParameterType.Value.TorchName()}; use float16, bfloat16 or float32");
        }

        if (Path.GetFullPath(destination) == Path.GetFullPath(source.Path))
        {
            throw new CheckpointException($"{destination}: would overwrite the checkpoint that is being converted; give another name");
        }

        var writer = new SafetensorsWriter();
        if (source.Format == CheckpointFormat.Safetensors)
        {
            foreach (var (key, value) in source.Extras)
            {
                writer.Metadata(key, value);
            }
        }

        writer.Metadata("format", "pt");
        var dropped = new List<string>();
        var narrowed = 0;
        var kept = 0;
        var read = options.KeepUsedBy?.StoredNames(name => source.TryGet(name, out _));
        foreach (var entry in source.Entries)
        {
            if (read is not null && !read.Contains(entry.Name))
            {
                dropped.Add(entry.Name);
                continue;
            }

            var type = IsConverted(entry) && options.ParameterType is { } wanted ? wanted : entry.Type;
            narrowed += type == entry.Type ? 0 : 1;
            kept++;
            writer.Add(entry.Name, type, entry.Shape, stream => Copy(source, entry, type, stream));
        }

        if (kept == 0)
        {
            throw new CheckpointException($"{source.Path}: no key of it is read by this model; nothing is left to write");
        }

        var total = writer.DataBytes;
        try
        {
            writer.Save(destination, progress is null ? null : new Forward(done => progress.Report((done, total))), cancellation);
        }
        catch (SafetensorsException e)
        {
            throw new CheckpointException(e.Message, e);
        }

        return new ConversionResult(kept, total, narrowed, dropped);
    }

    private static bool IsConverted(CheckpointEntry entry)
        => entry.Type is ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32 or ElementType.Float64 && !CheckpointComponents.IsBuffer(entry.Name);

    private static void Copy(Checkpoint source, CheckpointEntry entry, ElementType type, Stream stream)
    {
        var size = entry.Type.Size();
        if (!entry.IsContiguous)
        {
            Write(source, entry, source.Bytes(entry), type, stream);
            return;
        }

        for (var at = 0L; at < entry.Count; at += ChunkElements)
        {
            var count = (int)Math.Min(ChunkElements, entry.Count - at);
            Write(source, entry, source.Mapping.Span(entry.Offset + (at * size), count * size), type, stream);
        }
    }

    private static void Write(Checkpoint source, CheckpointEntry entry, ReadOnlySpan<byte> stored, ElementType type, Stream stream)
    {
        if (type == entry.Type)
        {
            stream.Write(stored);
            return;
        }

        var numbers = new float[stored.Length / entry.Type.Size()];
        ElementConversion.ToSingle(stored, entry.Type, numbers);
        var bytes = new byte[(long)numbers.Length * type.Size()];
        ElementConversion.FromSingle(numbers, type, bytes);
        if (type == ElementType.Float16 && Array.FindIndex(numbers, n => float.IsFinite(n) && MathF.Abs(n) >= 65520) is >= 0 and var at)
        {
            throw new CheckpointException($"{source.Path}: '{entry.Name}' holds {numbers[at]:g6}, too large for float16; use bfloat16");
        }

        stream.Write(bytes);
    }

    // Progress<T> would report from another thread; this keeps the order.
    private sealed class Forward(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}

namespace WorldModelActors.Models;

/// <summary>
/// A checkpoint file, memory-mapped: names and the places of their tensors. Opens safetensors and both serialisations of
/// <c>torch.save</c>, told apart by content. Only tensors and plain containers are ever built from a pickle; nothing in a file
/// can run code. Safe to read from several threads.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private readonly Dictionary<string, CheckpointEntry> _byName = new(StringComparer.Ordinal);
    private bool _disposed;

    private Checkpoint(MappedFile mapping, CheckpointFormat format, CheckpointContainer container, IReadOnlyList<CheckpointEntry> entries, IReadOnlyDictionary<string, string> extras)
    {
        Mapping = mapping;
        Format = format;
        Container = container;
        Entries = entries;
        Extras = extras;
        foreach (var entry in entries)
        {
            if (!_byName.TryAdd(entry.Name, entry))
            {
                throw new CheckpointException($"has the key '{entry.Name}' twice");
            }
        }
    }

    /// <summary>The path it was opened by.</summary>
    public string Path => Mapping.Path;

    /// <summary>The mapping that all entries lie on; the checkpoint holds one reference to it.</summary>
    public MappedFile Mapping { get; }

    /// <summary>How the file is serialised.</summary>
    public CheckpointFormat Format { get; }

    /// <summary>Where in the file's object the tensors are.</summary>
    public CheckpointContainer Container { get; }

    /// <summary>All tensors, in the order of the file.</summary>
    public IReadOnlyList<CheckpointEntry> Entries { get; }

    /// <summary>What else the file carries (epoch, global_step, safetensors metadata ...), as short texts.</summary>
    public IReadOnlyDictionary<string, string> Extras { get; }

    /// <summary>Opens a file and reads its table of contents.</summary>
    /// <exception cref="CheckpointException">It is missing, unreadable, damaged, of no known kind, or holds something that is refused.</exception>
    public static Checkpoint Open(string path)
    {
        MappedFile mapping;
        try
        {
            mapping = MappedFile.Open(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointException($"{path}: no such file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(e.Message.Contains(path, StringComparison.Ordinal) ? e.Message : $"{path}: {e.Message}", e);
        }

        try
        {
            return Read(mapping);
        }
        catch (CheckpointException e)
        {
            mapping.Release();
            throw new CheckpointException($"{path}: {e.Message}", e);
        }
        catch
        {
            mapping.Release();
            throw;
        }
    }

    /// <summary>The entry of a name, if there is one.</summary>
    public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CheckpointEntry? entry)
        => _byName.TryGetValue(name, out entry);

    /// <summary>The entry of a name.</summary>
    /// <exception cref="CheckpointException">There is none.</exception>
    public CheckpointEntry Entry(string name) => TryGet(name, out var entry) ? entry : throw new CheckpointException($"{Path}: has no tensor '{name}'");

    /// <summary>The row-major little-endian bytes of a tensor: the file's own where they are contiguous, else a copy.</summary>
    /// <exception cref="CheckpointException">It has more than 2 GiB.</exception>
    public ReadOnlySpan<byte> Bytes(CheckpointEntry entry)
    {
        if (entry.ByteLength > Array.MaxLength)
        {
            throw new CheckpointException($"{Path}: '{entry.Name}' has {entry.ByteLength} bytes, more than can be read at once");
        }

        return entry.IsContiguous ? Mapping.Span(entry.Offset, (int)entry.ByteLength) : Gather(entry);
    }

    /// <summary>The numbers of a tensor as float32, row-major.</summary>
    /// <exception cref="CheckpointException">No such tensor, or it has no float32 reading.</exception>
    public float[] ReadFloats(string name)
    {
        var entry = Entry(name);
        var bytes = Bytes(entry);
        var numbers = new float[entry.Count];
        try
        {
            ElementConversion.ToSingle(bytes, entry.Type, numbers);
        }
        catch (NotSupportedException e)
        {
            throw new CheckpointException($"{Path}: '{name}': {e.Message}", e);
        }

        return numbers;
    }

    /// <summary>Gives the mapping back; tensors made from it stay valid.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Mapping.Release();
        }
    }

    private static Checkpoint Read(MappedFile mapping)
    {
        var start = mapping.Span(0, (int)Math.Min(16, mapping.Length));
        if (TorchFiles.LooksLikeZip(start))
        {
            return FromTorch(mapping, CheckpointFormat.TorchZip, TorchFiles.ReadZip(mapping));
        }

        if (TorchFiles.LooksLikePickle(start))
        {
            return FromTorch(mapping, CheckpointFormat.TorchLegacy, TorchFiles.ReadLegacy(mapping));
        }

        if (start is [_, _, _, _, _, _, _, _, (byte)'{', ..])
        {
            return FromSafetensors(mapping);
        }

        throw new CheckpointException(mapping.Length == 0
            ? "is empty; copy it again"
            : "is neither a safetensors file nor a PyTorch checkpoint (zip or pickle)");
    }

    private static Checkpoint FromTorch(MappedFile mapping, CheckpointFormat format, TorchFiles.Content content)
    {
        var (container, tensors, extras) = CheckpointKeys.Find(content.Root);
        var names = tensors.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var entries = new List<CheckpointEntry>(tensors.Count);
        foreach (var (name, tensor) in tensors)
        {
            var type = tensor.Storage.Type;
            if (!content.Storages.TryGetValue(tensor.Storage.Key, out var start))
            {
                throw new CheckpointException($"has no data for '{name}' (storage '{tensor.Storage.Key}'); the file is incomplete, copy it again");
            }

            entries.Add(new CheckpointEntry(CheckpointKeys.Normalise(name, container, names.Contains), name, type, tensor.Shape, tensor.Strides,
                start + (tensor.Offset * type.Size())));
        }

        return new Checkpoint(mapping, format, container, entries, extras);
    }

    private static Checkpoint FromSafetensors(MappedFile mapping)
    {
        try
        {
            // The file object takes over one reference; ours stays with the checkpoint.
            mapping.AddReference();
            using var file = SafetensorsFile.Read(mapping);
            var entries = new List<CheckpointEntry>(file.Entries.Count);
            foreach (var entry in file.Entries)
            {
                var name = CheckpointKeys.Normalise(entry.Name, CheckpointContainer.Plain, file.Contains);
                entries.Add(new CheckpointEntry(name, entry.Name, entry.Type, entry.Shape, RowMajor(entry.Shape), entry.Offset));
            }

            return new Checkpoint(mapping, CheckpointFormat.Safetensors, CheckpointContainer.Plain, entries, file.Metadata);
        }
        catch (SafetensorsException e)
        {
            // Its message already names the file.
            throw new CheckpointException(e.Message.StartsWith(mapping.Path + ": ", StringComparison.Ordinal) ? e.Message[(mapping.Path.Length + 2)..] : e.Message, e);
        }
    }

    private static long[] RowMajor(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        var stride = 1L;
        for (var d = shape.Count - 1; d >= 0; d--)
        {
            strides[d] = stride;
            stride = unchecked(stride * Math.Max(1, shape[d]));
        }

        return strides;
    }

    private byte[] Gather(CheckpointEntry entry)
    {
        var size = entry.Type.Size();
        var result = new byte[entry.ByteLength];
        var index = new long[entry.Shape.Count];
        var at = entry.Offset;
        for (var i = 0; i < result.Length; i += size)
        {
            Mapping.Span(at, size).CopyTo(result.AsSpan(i));
            for (var d = index.Length - 1; d >= 0; d--)
            {
                at += entry.Strides[d] * size;
                if (++index[d] < entry.Shape[d])
                {
                    break;
                }

                at -= entry.Shape[d] * entry.Strides[d] * size;
                index[d] = 0;
            }
        }

        return result;
    }
}

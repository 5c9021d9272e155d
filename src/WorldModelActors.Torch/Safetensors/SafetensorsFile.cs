using System.Runtime.InteropServices;

namespace WorldModelActors.Torch;

/// <summary>
/// A safetensors file, memory-mapped: opening reads the header only, the data is paged in when it is used. Safe to read
/// from several threads. Spans stay valid until the file is disposed; tensors keep the mapping alive by themselves.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly Dictionary<string, SafetensorsEntry> _byName;
    private bool _disposed;

    private SafetensorsFile(MappedFile mapping, IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        Mapping = mapping;
        Entries = entries;
        Metadata = metadata;
        _byName = entries.ToDictionary(e => e.Name, StringComparer.Ordinal);
    }

    /// <summary>The path it was opened by.</summary>
    public string Path => Mapping.Path;

    /// <summary>The tensors, in the order of the header.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The free text pairs of <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The mapping that all entries lie on; this file holds one reference to it.</summary>
    public MappedFile Mapping { get; }

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="SafetensorsException">It is missing, unreadable, damaged or no safetensors file; the message names it.</exception>
    public static SafetensorsFile Open(string path)
    {
        MappedFile mapping;
        try
        {
            mapping = MappedFile.Open(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SafetensorsException($"{path}: no such file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SafetensorsException(e.Message.Contains(path, StringComparison.Ordinal) ? e.Message : $"{path}: {e.Message}", e);
        }

        return Read(mapping);
    }

    /// <summary>Reads the header of a mapping and takes over the caller's reference to it, also when it throws.</summary>
    /// <exception cref="SafetensorsException">The file is damaged or no safetensors file; the message names it.</exception>
    public static SafetensorsFile Read(MappedFile mapping)
    {
        try
        {
            var length = SafetensorsHeader.ReadLength(mapping.Span(0, (int)Math.Min(8, mapping.Length)), mapping.Length);
            var (entries, metadata) = SafetensorsHeader.Parse(mapping.Span(8, length), mapping.Length);
            return new SafetensorsFile(mapping, entries, metadata);
        }
        catch (SafetensorsException e)
        {
            mapping.Release();
            throw new SafetensorsException($"{mapping.Path}: {e.Message}", e);
        }
        catch
        {
            mapping.Release();
            throw;
        }
    }

    /// <summary>Whether the file has a tensor of this name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>The entry of a tensor.</summary>
    /// <exception cref="SafetensorsException">There is none of this name.</exception>
    public SafetensorsEntry Entry(string name) => _byName.TryGetValue(name, out var entry)
        ? entry
        : throw new SafetensorsException($"{Path}: has no tensor '{name}'");

    /// <summary>The stored bytes of a tensor (row-major, little endian), valid until this file is disposed.</summary>
    /// <exception cref="SafetensorsException">No such tensor, or it has more than 2 GiB (read it through its mapping).</exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        var entry = Entry(name);
        if (entry.ByteLength > int.MaxValue)
        {
            throw new SafetensorsException($"{Path}: '{name}' has {entry.ByteLength} bytes, more than one span can hold");
        }

        return Mapping.Span(entry.Offset, (int)entry.ByteLength);
    }

    /// <summary>The numbers of a tensor as float32, row-major; float16, bfloat16, float64, integers and bool are converted.</summary>
    /// <exception cref="SafetensorsException">No such tensor, or it cannot be read as float32.</exception>
    public float[] ReadFloats(string name)
    {
        var entry = Entry(name);
        var bytes = Bytes(name);
        var numbers = new float[entry.Count];
        try
        {
            ElementConversion.ToSingle(bytes, entry.Type, numbers);
        }
        catch (NotSupportedException e)
        {
            throw new SafetensorsException($"{Path}: '{name}': {e.Message}", e);
        }

        return numbers;
    }

    /// <summary>The numbers of a float64 tensor, row-major; every type that <see cref="ReadFloats"/> reads is widened.</summary>
    /// <exception cref="SafetensorsException">No such tensor, or it cannot be read as float64.</exception>
    public double[] ReadDoubles(string name) => Entry(name).Type switch
    {
        ElementType.Float64 => MemoryMarshal.Cast<byte, double>(Bytes(name)).ToArray(),
        ElementType.Int64 or ElementType.Int32 or ElementType.UInt32 => Array.ConvertAll(ReadInt64s(name), n => (double)n),
        _ => Array.ConvertAll(ReadFloats(name), n => (double)n),
    };

    /// <summary>The numbers of an int64 tensor, row-major; narrower integers and bool are widened.</summary>
    /// <exception cref="SafetensorsException">No such tensor, or it does not hold integers.</exception>
    public long[] ReadInt64s(string name)
    {
        var entry = Entry(name);
        var bytes = Bytes(name);
        var numbers = new long[entry.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            var at = bytes[(i * entry.Type.Size())..];
            numbers[i] = entry.Type switch
            {
                ElementType.Int64 => BitConverter.ToInt64(at),
                ElementType.Int32 => BitConverter.ToInt32(at),
                ElementType.Int16 => BitConverter.ToInt16(at),
                ElementType.UInt32 => BitConverter.ToUInt32(at),
                ElementType.UInt16 => BitConverter.ToUInt16(at),
                ElementType.Int8 => (sbyte)at[0],
                ElementType.UInt8 => at[0],
                ElementType.Bool => at[0] == 0 ? 0 : 1,
                _ => throw new SafetensorsException($"{Path}: '{name}' holds {entry.Type.TorchName()}, expected whole numbers"),
            };
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
}

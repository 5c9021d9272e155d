using System.Text;

namespace WorldModelActors.Media;

/// <summary>
/// An HDF5 file read through libhdf5: the datasets and the text attributes of its root group. Only hard links are
/// followed and only values inside the file are read, so that a hostile file cannot reach others.
/// </summary>
public sealed class Hdf5File : IDisposable
{
    private const int MaximumRank = 32;

    private readonly Hdf5FileHandle _handle;

    private Hdf5File(string path, Hdf5FileHandle handle)
    {
        FilePath = path;
        _handle = handle;
    }

    /// <summary>The file's name as given.</summary>
    public string FilePath { get; }

    /// <exception cref="PromptDataException">The file is missing, no HDF5 file, or truncated.</exception>
    public static Hdf5File Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new PromptDataException($"{path}: no such HDF5 file.");
        }

        if (NativeMethods.wma_hdf5_open(Path.GetFullPath(path), out var handle) != NativeStatus.Ok)
        {
            var reason = NativeMethods.LastError();
            handle.Dispose();
            throw new PromptDataException($"{path}: the file cannot be read as HDF5 ({reason}); copy or make it again.");
        }

        return new Hdf5File(path, handle);
    }

    /// <summary>Names of the datasets in the root group, in the file's order of names.</summary>
    /// <exception cref="PromptDataException">The root group is damaged.</exception>
    public IReadOnlyList<string> DatasetNames()
    {
        if (NativeMethods.wma_hdf5_datasets(_handle, out var names, out var length) != NativeStatus.Ok)
        {
            throw new PromptDataException($"{FilePath}: the datasets cannot be listed ({NativeMethods.LastError()}); copy or make the file again.");
        }

        return Encoding.UTF8.GetString(NativeMethods.Take(names, length)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The sizes of a dataset's dimensions (none for a scalar).</summary>
    /// <exception cref="PromptDataException">The dataset is absent or damaged.</exception>
    public unsafe long[] Shape(string dataset)
    {
        var sizes = stackalloc long[MaximumRank];
        var status = NativeMethods.wma_hdf5_shape(_handle, dataset, out var rank, sizes);
        if (status != NativeStatus.Ok)
        {
            throw Failure(status, dataset);
        }

        return new ReadOnlySpan<long>(sizes, rank).ToArray();
    }

    /// <summary>A dataset [rows, columns] of floating-point or integer numbers of any width, as float32.</summary>
    /// <exception cref="PromptDataException">The dataset is absent, damaged, not of rank 2, or holds no numbers.</exception>
    public unsafe FloatMatrix ReadMatrix(string dataset)
    {
        var shape = Shape(dataset);
        if (shape.Length != 2)
        {
            throw new PromptDataException($"{FilePath}: dataset '{dataset}' has the shape [{string.Join(", ", shape)}]; expected two dimensions [steps, values].");
        }

        var values = new float[shape[0] * shape[1]];
        fixed (float* target = values)
        {
            float nothing = 0;
            var status = NativeMethods.wma_hdf5_read_float(_handle, dataset, values.Length == 0 ? &nothing : target, values.Length);
            if (status != NativeStatus.Ok)
            {
                throw Failure(status, dataset);
            }
        }

        return new FloatMatrix(values, (int)shape[0], (int)shape[1]);
    }

    /// <summary>A text attribute of the root group (fixed or variable length), or null where there is none.</summary>
    /// <exception cref="PromptDataException">The attribute is damaged or not text.</exception>
    public string? TextAttribute(string name)
    {
        var status = NativeMethods.wma_hdf5_attribute(_handle, name, out var text, out var length);
        return status switch
        {
            NativeStatus.Ok => Encoding.UTF8.GetString(NativeMethods.Take(text, length)),
            NativeStatus.Absent => null,
            _ => throw new PromptDataException($"{FilePath}: attribute '{name}' cannot be read ({NativeMethods.LastError()})."),
        };
    }

    public void Dispose() => _handle.Dispose();

    private PromptDataException Failure(NativeStatus status, string dataset)
    {
        var reason = NativeMethods.LastError();
        if (status != NativeStatus.Absent)
        {
            return new PromptDataException($"{FilePath}: dataset '{dataset}' cannot be read ({reason}).");
        }

        var names = DatasetNames();
        var found = names.Count == 0 ? "none" : string.Join(", ", names.Take(20));
        return new PromptDataException($"{FilePath}: dataset '{dataset}' is missing; the file's root has: {found}.");
    }
}

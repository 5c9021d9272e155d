using System.Runtime.InteropServices;
using System.Text;

namespace WorldModelActors.Media;

/// <summary>
/// An HDF5 file read through libhdf5: the datasets and the text attributes of its root group. Only hard links are
/// followed and only values inside the file are read, so that a hostile file cannot reach others; the library runs in a
/// process of its own, so that a damaged file cannot take this one down.
/// </summary>
public sealed class Hdf5File : IDisposable
{
    private readonly Hdf5Process _process;

    private Hdf5File(string path, Hdf5Process process)
    {
        FilePath = path;
        _process = process;
    }

    /// <summary>The file's name as given.</summary>
    public string FilePath { get; }

    /// <exception cref="PromptDataException">The file is missing, no HDF5 file, or truncated.</exception>
    public static Hdf5File Open(string path) => File.Exists(path)
        ? new Hdf5File(path, Hdf5Process.Start(path))
        : throw new PromptDataException($"{path}: no such HDF5 file.");

    /// <summary>Names of the datasets in the root group, sorted.</summary>
    /// <exception cref="PromptDataException">The root group is damaged.</exception>
    public IReadOnlyList<string> DatasetNames()
    {
        var answer = _process.Ask('L', "");
        var text = Encoding.UTF8.GetString(answer.Payload);
        return answer.Status == Hdf5Status.Ok
            ? text.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            : throw new PromptDataException($"{FilePath}: the datasets cannot be listed ({text}); copy or make the file again.");
    }

    /// <summary>The sizes of a dataset's dimensions (none for a scalar).</summary>
    /// <exception cref="PromptDataException">The dataset is absent or damaged.</exception>
    public long[] Shape(string dataset) => MemoryMarshal.Cast<byte, long>(Read('S', dataset)).ToArray();

    /// <summary>A dataset [rows, columns] of floating-point or integer numbers of any width, as float32.</summary>
    /// <exception cref="PromptDataException">The dataset is absent, damaged, not of rank 2, or holds no numbers.</exception>
    public FloatMatrix ReadMatrix(string dataset)
    {
        var shape = Shape(dataset);
        if (shape.Length != 2 || shape[0] > int.MaxValue || shape[1] > int.MaxValue)
        {
            throw new PromptDataException($"{FilePath}: dataset '{dataset}' has the shape [{string.Join(", ", shape)}]; expected two dimensions [steps, values].");
        }

        var values = MemoryMarshal.Cast<byte, float>(Read('F', dataset)).ToArray();
        return values.Length == shape[0] * shape[1]
            ? new FloatMatrix(values, (int)shape[0], (int)shape[1])
            : throw new PromptDataException($"{FilePath}: dataset '{dataset}' changed while it was read; try again.");
    }

    /// <summary>A text attribute of the root group (fixed or variable length), or null where there is none.</summary>
    /// <exception cref="PromptDataException">The attribute is damaged or not text.</exception>
    public string? TextAttribute(string name)
    {
        var answer = _process.Ask('A', name);
        var text = Encoding.UTF8.GetString(answer.Payload);
        return answer.Status switch
        {
            Hdf5Status.Ok => text,
            Hdf5Status.Absent => null,
            _ => throw new PromptDataException($"{FilePath}: attribute '{name}' cannot be read ({text})."),
        };
    }

    public void Dispose() => _process.Dispose();

    private byte[] Read(char kind, string dataset)
    {
        var answer = _process.Ask(kind, dataset);
        switch (answer.Status)
        {
            case Hdf5Status.Ok:
                return answer.Payload;
            case Hdf5Status.Absent:
                var names = DatasetNames();
                var found = names.Count == 0 ? "nothing" : string.Join(", ", names.Take(20));
                throw new PromptDataException($"{FilePath}: dataset '{dataset}' is missing; the file has {found}.");
            default:
                throw new PromptDataException($"{FilePath}: dataset '{dataset}' cannot be read ({Encoding.UTF8.GetString(answer.Payload)}).");
        }
    }
}

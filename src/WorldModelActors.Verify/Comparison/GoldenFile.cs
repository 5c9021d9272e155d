namespace WorldModelActors.Verify;

/// <summary>A recorded safetensors file. Its tensors lie on the mapped file and must only be read.</summary>
internal sealed class GoldenFile(string path) : IDisposable
{
    private readonly SafetensorsFile _file = SafetensorsFile.Open(path);

    /// <summary>Names of the tensors, in the order of the file.</summary>
    public IEnumerable<string> Names => _file.Entries.Select(e => e.Name);

    /// <summary>A recorded tensor in its recorded type; it belongs to the innermost dispose scope.</summary>
    public Tensor this[string name] => _file.Tensor(name);

    public bool Contains(string name) => _file.Contains(name);

    public float[] Floats(string name) => _file.ReadFloats(name);

    public long[] Integers(string name) => _file.ReadInt64s(name);

    public IReadOnlyList<long> Shape(string name) => _file.Entry(name).Shape;

    public void Dispose() => _file.Dispose();
}

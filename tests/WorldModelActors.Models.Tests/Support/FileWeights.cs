namespace WorldModelActors.Models.Tests;

/// <summary>CPU weights straight from a safetensors file; remembers every key that was declared.</summary>
internal sealed class FileWeights : IWeights, IDisposable
{
    private readonly Root _root;

    public FileWeights(string path, ScalarType dtype = ScalarType.Float32)
        : this(new Root(SafetensorsFile.Open(path), dtype), "")
    {
    }

    private FileWeights(Root root, string prefix)
    {
        _root = root;
        Prefix = prefix;
    }

    public string Prefix { get; }

    /// <summary>Declared keys with their shapes, in order.</summary>
    public IReadOnlyDictionary<string, long[]> Declared => _root.Declared;

    /// <summary>Declared keys of parameters, as opposed to buffers.</summary>
    public IReadOnlySet<string> Parameters => _root.Parameters;

    public Tensor Parameter(string name, params ReadOnlySpan<long> shape)
    {
        _root.Parameters.Add(Prefix + name);
        return Load(name, shape, _root.Type);
    }

    public Tensor Buffer(string name, params ReadOnlySpan<long> shape) => Load(name, shape, ScalarType.Float32);

    public void Unused(string name, ReadOnlySpan<long> shape, bool isBuffer = false)
    {
        if (!isBuffer)
        {
            _root.Parameters.Add(Prefix + name);
        }

        _root.Declared[Prefix + name] = shape.ToArray();
    }

    public void Repeated(string name, string earlier, ReadOnlySpan<long> shape) => Unused(earlier, shape, isBuffer: true);

    public IWeights Scope(string name) => new FileWeights(_root, Prefix + name + ".");

    /// <summary>A view below a full prefix.</summary>
    public IWeights At(string prefix) => new FileWeights(_root, prefix);

    public void Dispose() => _root.Dispose();

    private Tensor Load(string name, ReadOnlySpan<long> shape, ScalarType dtype)
    {
        var key = Prefix + name;
        _root.Declared[key] = shape.ToArray();
        Assert.Equal(shape.ToArray(), _root.File.Entry(key).Shape);
        return _root.Get(key, dtype);
    }

    private sealed class Root(SafetensorsFile file, ScalarType dtype) : IDisposable
    {
        private readonly Dictionary<string, Tensor> _tensors = [];

        public SafetensorsFile File => file;

        public ScalarType Type => dtype;

        public Dictionary<string, long[]> Declared { get; } = [];

        public HashSet<string> Parameters { get; } = [];

        public Tensor Get(string key, ScalarType type)
        {
            if (!_tensors.TryGetValue(key, out var loaded))
            {
                loaded = tensor(file.ReadFloats(key), [.. file.Entry(key).Shape], type).DetachFromDisposeScope();
                _tensors.Add(key, loaded);
            }

            return loaded;
        }

        public void Dispose()
        {
            foreach (var loaded in _tensors.Values)
            {
                loaded.Dispose();
            }

            file.Dispose();
        }
    }
}

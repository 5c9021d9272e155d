namespace WorldModelActors.Models;

/// <summary>What a component of the model takes in a checkpoint.</summary>
/// <param name="Name">See <see cref="CheckpointComponents"/>.</param>
/// <param name="Keys">Number of tensors.</param>
/// <param name="Elements">Numbers in them.</param>
/// <param name="Bytes">Their bytes (storages that keys share are counted for each key).</param>
/// <param name="Types">Element types by number of keys, most frequent first.</param>
public sealed record ComponentSummary(string Name, int Keys, long Elements, long Bytes, IReadOnlyList<(ElementType Type, int Keys)> Types);

/// <summary>A key whose shape in the file is not the model's.</summary>
public sealed record ShapeMismatch(CheckpointEntry Entry, WeightKey Expected);

/// <summary>What is inside of a checkpoint, and how it fits a model: the content of <c>wma inspect</c>.</summary>
public sealed class CheckpointReport
{
    private CheckpointReport(Checkpoint checkpoint, WeightSchema? schema)
    {
        Path = checkpoint.Path;
        Format = checkpoint.Format;
        Container = checkpoint.Container;
        FileBytes = checkpoint.Mapping.Length;
        Entries = checkpoint.Entries;
        Extras = checkpoint.Extras;
        Components = [.. checkpoint.Entries.GroupBy(e => CheckpointComponents.Of(e.Name)).OrderBy(g => Order(g.Key)).Select(Summarise)];
        if (schema is not null)
        {
            HasModel = true;
            Missing = [.. schema.Keys.Where(k => schema.StoredName(k.Name, name => checkpoint.TryGet(name, out _)) is null)];
            Misshapen = [.. checkpoint.Entries.Where(e => schema.TryGet(e.Name, out var key) && !key.Shape.SequenceEqual(e.Shape)).Select(e => new ShapeMismatch(e, Find(schema, e.Name)))];
            Unknown = [.. checkpoint.Entries.Where(e => !schema.TryGet(e.Name, out _))];
            ModelParameters = schema.ParameterCount;
        }
    }

    public string Path { get; }

    public CheckpointFormat Format { get; }

    public CheckpointContainer Container { get; }

    /// <summary>Bytes of the file.</summary>
    public long FileBytes { get; }

    /// <summary>All tensors, in the order of the file.</summary>
    public IReadOnlyList<CheckpointEntry> Entries { get; }

    /// <summary>What else the file carries, as short texts.</summary>
    public IReadOnlyDictionary<string, string> Extras { get; }

    /// <summary>The tensors by component, in the model's order.</summary>
    public IReadOnlyList<ComponentSummary> Components { get; }

    /// <summary>Numbers in all tensors.</summary>
    public long Elements => Components.Sum(c => c.Elements);

    /// <summary>Bytes of all tensors.</summary>
    public long Bytes => Components.Sum(c => c.Bytes);

    /// <summary>Whether the lists below compare with a model.</summary>
    public bool HasModel { get; }

    /// <summary>Parameters of the model compared with.</summary>
    public long ModelParameters { get; }

    /// <summary>Keys of the model that the file lacks (those that inference never reads included).</summary>
    public IReadOnlyList<WeightKey> Missing { get; } = [];

    /// <summary>Keys whose shape is not the model's.</summary>
    public IReadOnlyList<ShapeMismatch> Misshapen { get; } = [];

    /// <summary>Keys that the model does not know.</summary>
    public IReadOnlyList<CheckpointEntry> Unknown { get; } = [];

    /// <summary>Whether the file can be loaded strictly: nothing needed is missing or misshapen, nothing is unknown.</summary>
    public bool Fits => Missing.All(k => !k.IsUsed) && Misshapen.All(m => !m.Expected.IsUsed) && Unknown.Count == 0;

    /// <summary>Describes an open checkpoint, compared with a model's schema where one is given.</summary>
    public static CheckpointReport Create(Checkpoint checkpoint, WeightSchema? schema = null) => new(checkpoint, schema);

    private static int Order(string component) => CheckpointComponents.All.TakeWhile(c => c != component).Count();

    private static WeightKey Find(WeightSchema schema, string name) => schema.TryGet(name, out var key) ? key : throw new KeyNotFoundException(name);

    private static ComponentSummary Summarise(IGrouping<string, CheckpointEntry> group) => new(
        group.Key,
        group.Count(),
        group.Sum(e => e.Count),
        group.Sum(e => e.ByteLength),
        [.. group.GroupBy(e => e.Type).OrderByDescending(g => g.Count()).Select(g => (g.Key, g.Count()))]);
}

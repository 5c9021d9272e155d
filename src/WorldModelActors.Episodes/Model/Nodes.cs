namespace WorldModelActors.Episodes;

/// <summary>A process that serves episodes, as it describes itself.</summary>
/// <param name="Name">Its name, for people.</param>
/// <param name="Devices">Its devices, e.g. <c>cuda:0</c>.</param>
/// <param name="Capacity">Episodes that it runs at once; 0: none, it plans or hands out files.</param>
/// <param name="Bytes">Device memory for episodes.</param>
public sealed record NodeDescription(string Name, IReadOnlyList<string> Devices, int Capacity, long Bytes)
{
    /// <summary>Where it hands out the files of its state folder; null: nowhere, all nodes see the same folder.</summary>
    public Uri? Exchange { get; init; }
}

/// <summary>
/// One life of a node. A process that starts again is another node, so it cannot keep alive what its predecessor held.
/// </summary>
/// <param name="Number">Number that the store gave.</param>
/// <param name="Name">Name of the node.</param>
public sealed record NodeId(long Number, string Name);

/// <summary>A node as the store sees it.</summary>
/// <param name="Id">The node.</param>
/// <param name="Description">How it described itself.</param>
/// <param name="Started">When it registered.</param>
/// <param name="SilentFor">Time since its last heart-beat, by the store's clock.</param>
/// <param name="Draining">It takes no more episodes.</param>
/// <param name="Left">It has said good-bye.</param>
/// <param name="Running">Episodes that it holds.</param>
public sealed record NodeView(NodeId Id, NodeDescription Description, DateTimeOffset Started, TimeSpan SilentFor, bool Draining, bool Left, int Running);

namespace WorldModelActors.Episodes;

/// <summary>
/// Decides which episodes a node may claim, where that is not left to the store's order: a cluster that places episodes. It decides where an
/// episode runs; who may write is decided by the claim's epoch, as ever. It sees what the node does. For several callers at a time.
/// </summary>
public interface IEpisodePlacement : INodeObserver
{
    /// <summary>Something was placed here, or taken away.</summary>
    event Action? Changed;

    /// <summary>Ids of the episodes that are placed here, those included that the node holds already.</summary>
    IReadOnlyCollection<string> Placed { get; }
}

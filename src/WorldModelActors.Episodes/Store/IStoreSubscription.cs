namespace WorldModelActors.Episodes;

/// <summary>What changed in a store.</summary>
[Flags]
public enum StoreSignals
{
    /// <summary>Nothing known; the time was up.</summary>
    None = 0,

    /// <summary>There may be something to claim.</summary>
    Work = 1,

    /// <summary>An episode went on or ended.</summary>
    Progress = 2,
}

/// <summary>Listens for changes in a store. For one caller at a time.</summary>
public interface IStoreSubscription : IAsyncDisposable
{
    /// <summary>Waits until something has changed since the last call.</summary>
    /// <param name="atMost">Longest wait.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <returns>What changed; <see cref="StoreSignals.None"/> when the time is up. After a broken connection, everything.</returns>
    Task<StoreSignals> NextAsync(TimeSpan atMost, CancellationToken stop = default);
}

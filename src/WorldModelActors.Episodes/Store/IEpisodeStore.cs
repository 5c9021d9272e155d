namespace WorldModelActors.Episodes;

/// <summary>
/// The durable journal of all episodes, shared by every node. Safe for concurrent use. What a method has returned from is on
/// the disk. Each change is one transaction. Time is the store's: clocks of nodes are never compared.
/// <para>
/// Writes of an owner name a <see cref="Claim"/> and throw <see cref="LeaseLostException"/> where another claim, a
/// cancellation or the end of the episode came first. All throw <see cref="StoreException"/>; where that is transient the
/// same call may be repeated: a repetition of what was done already is answered like the first time.
/// </para>
/// </summary>
public interface IEpisodeStore : IAsyncDisposable
{
    /// <summary>Where it is, without secrets.</summary>
    StoreLocation Location { get; }

    /// <summary>Adds a sweep and its episodes; those that it has already stay as they are.</summary>
    Task<PlanResult> PlanAsync(SweepPlan sweep, IReadOnlyList<PlannedEpisode> episodes, CancellationToken stop = default);

    /// <summary>Makes a node known. Every start of a process is another node, whatever its name.</summary>
    Task<NodeId> RegisterAsync(NodeDescription node, CancellationToken stop = default);

    /// <summary>Notes that a node has ended in good order. Its remaining leases run out by themselves.</summary>
    Task LeaveAsync(NodeId node, CancellationToken stop = default);

    /// <summary>Asks every living node of this name to take no more episodes.</summary>
    /// <returns>How many were asked.</returns>
    Task<int> DrainAsync(string nodeName, CancellationToken stop = default);

    /// <summary>
    /// Takes episodes that nobody owns, or whose owner's lease has run out: higher priority first, then of the sweep with the
    /// fewest running, then those with a lease that ran out, then in the order of planning; skips what does not fit into the free memory.
    /// A draining node gets none. With <see cref="ClaimRequest.Only"/> the same, among these episodes alone.
    /// </summary>
    Task<IReadOnlyList<Claim>> ClaimAsync(ClaimRequest request, CancellationToken stop = default);

    /// <summary>
    /// Episodes that have not ended: those that have an owner, then planned ones in the order in which claims would take them, then those that
    /// wait after a failure. Changes nothing.
    /// </summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <returns>Their ids.</returns>
    Task<IReadOnlyList<string>> UnendedAsync(int limit, CancellationToken stop = default);

    /// <summary>Heart-beat: extends the leases of these claims, in one statement.</summary>
    Task<RenewResult> RenewAsync(NodeId node, IReadOnlyList<Claim> held, TimeSpan lease, CancellationToken stop = default);

    /// <summary>Makes the next iteration durable. Its files must be on the disk already: this row is what makes them count.</summary>
    /// <exception cref="StoreException">It is not the next iteration, or was committed with other content.</exception>
    Task CommitIterationAsync(Claim claim, IterationCommit commit, CancellationToken stop = default);

    /// <summary>Gives up the last committed iterations, because their files are damaged.</summary>
    /// <param name="claim">The owner.</param>
    /// <param name="committed">Iterations that remain.</param>
    /// <param name="cause">What is damaged, one line.</param>
    /// <param name="stop">Stops waiting.</param>
    Task RewindAsync(Claim claim, int committed, string cause, CancellationToken stop = default);

    /// <summary>Ends an episode whose iterations are all committed.</summary>
    Task CompleteAsync(Claim claim, EpisodeResultFiles result, CancellationToken stop = default);

    /// <summary>Ends an owner's work with an error.</summary>
    /// <param name="claim">The owner.</param>
    /// <param name="cause">Why, one line.</param>
    /// <param name="retryable">It may go better later or elsewhere: claimable again after a pause, up to <see cref="StoreOptions.MaxFailures"/>.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <returns>Where the episode stands now.</returns>
    Task<JournalState> FailAsync(Claim claim, string cause, bool retryable, CancellationToken stop = default);

    /// <summary>Gives an episode back; anyone may claim it at once.</summary>
    Task ReleaseAsync(Claim claim, CancellationToken stop = default);

    /// <summary>Cancels episodes that have not ended. Their owners lose their leases at once.</summary>
    /// <returns>How many were cancelled.</returns>
    Task<int> CancelAsync(EpisodeSelection selection, CancellationToken stop = default);

    /// <summary>Makes failed, cancelled and waiting episodes claimable; they go on after their last committed iteration.</summary>
    /// <returns>How many were changed.</returns>
    Task<int> RetryAsync(EpisodeSelection selection, CancellationToken stop = default);

    /// <summary>One episode by its id or by the beginning of its id; null where there is none.</summary>
    /// <exception cref="StoreException">Several ids begin so.</exception>
    Task<EpisodeView?> FindAsync(string idOrPrefix, CancellationToken stop = default);

    /// <summary>Episodes in the order of planning.</summary>
    /// <param name="selection">Which.</param>
    /// <param name="afterNumber">Only those with a higher <see cref="EpisodeView.Number"/>: to page on.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="stop">Stops waiting.</param>
    Task<IReadOnlyList<EpisodeView>> ListAsync(EpisodeSelection selection, long afterNumber = 0, int limit = 1000, CancellationToken stop = default);

    /// <summary>The journal of an episode; empty where there is no such episode.</summary>
    Task<IReadOnlyList<JournalEvent>> EventsAsync(string episodeId, CancellationToken stop = default);

    /// <summary>The committed iterations of an episode, in order.</summary>
    Task<IReadOnlyList<CommittedIteration>> IterationsAsync(string episodeId, CancellationToken stop = default);

    /// <summary>Counts, throughput and nodes.</summary>
    /// <param name="sweepId">Only this sweep; null for all.</param>
    /// <param name="window">Span of the throughput; null for ten minutes.</param>
    /// <param name="stop">Stops waiting.</param>
    Task<StoreSummary> SummaryAsync(string? sweepId = null, TimeSpan? window = null, CancellationToken stop = default);

    /// <summary>Begins to listen for changes; what happens from now on is not missed.</summary>
    Task<IStoreSubscription> SubscribeAsync(CancellationToken stop = default);

    /// <summary>The summary now, and again after each change or pause, until the enumeration ends.</summary>
    /// <param name="sweepId">Only this sweep; null for all.</param>
    /// <param name="pause">Longest time between two summaries.</param>
    /// <param name="stop">Ends it.</param>
    IAsyncEnumerable<StoreSummary> WatchAsync(string? sweepId, TimeSpan pause, CancellationToken stop = default);

    /// <summary>Everything known about a page of episodes, at one moment: for checks and exports.</summary>
    Task<IReadOnlyList<EpisodeDossier>> DossiersAsync(long afterNumber, int limit, CancellationToken stop = default);
}

using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes.Tests;

public sealed class EpisodeLedgerTests
{
    [Fact]
    public void A_whole_life_is_valid()
    {
        var ledger = new EpisodeLedger(2);
        Assert.All(
            [
                On(1, EventKind.Planned, 0), On(2, EventKind.Claimed, 1), Commit(3, 1, 0), On(4, EventKind.Released, 1), On(5, EventKind.Claimed, 2),
                Commit(6, 2, 1), On(7, EventKind.Rewound, 2, ("committed", 0)), On(8, EventKind.Failed, 2, ("retry", true)), On(9, EventKind.Claimed, 3),
                On(10, EventKind.Failed, 3, ("retry", false)), On(11, EventKind.Retried, 3), On(12, EventKind.Claimed, 4), On(13, EventKind.Claimed, 5),
                Commit(14, 5, 0), On(15, EventKind.Cancelled, 5), On(16, EventKind.Retried, 5), On(17, EventKind.Claimed, 6), Commit(18, 6, 1), On(19, EventKind.Completed, 6),
            ],
            next => Assert.Null(ledger.Apply(next)));
        Assert.Equal((JournalState.Completed, 6L, 2, 4L), (ledger.State, ledger.Epoch, ledger.Committed, ledger.Frames));
    }

    [Theory]
    [InlineData(EventKind.Planned, 1, "planned already")]
    [InlineData(EventKind.Claimed, 1, "the epoch goes from 1 to 1")]
    [InlineData(EventKind.Claimed, 3, "the epoch goes from 1 to 3")]
    [InlineData(EventKind.Completed, 1, "0 of 2 iterations")]
    [InlineData(EventKind.Released, 0, "stale")]
    [InlineData(EventKind.IterationCommitted, 0, "stale")]
    [InlineData(EventKind.IterationCommitted, 1, "0 of 2 iterations")]
    [InlineData(EventKind.Rewound, 1, "0 of 2 iterations")]
    [InlineData(EventKind.Retried, 1, "it is Running")]
    public void What_cannot_follow_a_claim_is_refused(EventKind kind, long epoch, string why)
    {
        var ledger = new EpisodeLedger(2);
        Assert.Null(ledger.Apply(On(1, EventKind.Planned, 0)));
        Assert.Null(ledger.Apply(On(2, EventKind.Claimed, 1)));
        Assert.Contains(why, ledger.Apply(On(3, kind, epoch, ("iteration", 1), ("frames", 2))));
    }

    [Theory]
    [InlineData(EventKind.Claimed, 2)]
    [InlineData(EventKind.Cancelled, 1)]
    [InlineData(EventKind.Retried, 1)]
    [InlineData(EventKind.IterationCommitted, 1)]
    [InlineData(EventKind.Completed, 1)]
    public void Nothing_follows_completion(EventKind kind, long epoch)
    {
        var ledger = new EpisodeLedger(1);
        Assert.All([On(1, EventKind.Planned, 0), On(2, EventKind.Claimed, 1), Commit(3, 1, 0), On(4, EventKind.Completed, 1)], next => Assert.Null(ledger.Apply(next)));
        Assert.NotNull(ledger.Apply(On(5, kind, epoch, ("iteration", 1), ("frames", 2))));
    }

    [Fact]
    public void A_gap_is_noticed() => Assert.Contains("event 2 follows event 0", new EpisodeLedger(1).Apply(On(2, EventKind.Planned, 0)));

    [Fact]
    public void A_journal_begins_with_its_planning() => Assert.Contains("does not begin", new EpisodeLedger(1).Apply(On(1, EventKind.Claimed, 1)));

    private static JournalEvent Commit(int sequence, long epoch, int iteration) => On(sequence, EventKind.IterationCommitted, epoch, ("iteration", iteration), ("frames", 2));

    private static JournalEvent On(int sequence, EventKind kind, long epoch, params (string Name, JsonNode Value)[] data) =>
        new(sequence, kind, epoch, null, DateTimeOffset.UnixEpoch, new JsonObject(data.Select(pair => KeyValuePair.Create(pair.Name, (JsonNode?)pair.Value))));
}

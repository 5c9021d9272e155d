using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Episodes.Tests;

/// <summary>
/// Random runs of three nodes against <see cref="StoreModel"/>: at most one owner, nothing written by a stale epoch, nothing
/// lost, nothing doubled.
/// </summary>
public sealed class StoreModelTests(PostgresInstance instance)
{
    private const long Lease = 1000;
    private const int Steps = 60;

    private static readonly StoreOptions s_options = new() { MaxFailures = 2, MaxLosses = 2, RetryDelay = TimeSpan.FromMilliseconds(700) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Kind of step, who, which, how.</summary>
    private static Gen<(int Kind, int Node, int Pick, int Amount)[]> Runs => Gen.Choose(0, 19).SelectMany(
        kind => Gen.Choose(0, 2).SelectMany(node => Gen.Choose(0, 999).SelectMany(pick => Gen.Choose(1, 3).Select(amount => (kind, node, pick, amount))))).ArrayOf(Steps);

    [Fact]
    public void Sqlite_does_what_the_model_does() => Law.Holds(Runs, run => PlayAsync(new SqliteHome(), run).GetAwaiter().GetResult(), 30);

    [Fact]
    public void Postgres_does_what_the_model_does()
    {
        instance.Require();
        Law.Holds(Runs, run => PlayAsync(new PostgresHome(instance), run).GetAwaiter().GetResult(), 8);
    }

    private static async Task PlayAsync(StoreHome home, (int Kind, int Node, int Pick, int Amount)[] run)
    {
        await using (home)
        {
            var game = await Game.BeginAsync(home);
            foreach (var (kind, node, pick, amount) in run)
            {
                await game.StepAsync(kind, node, pick, amount);
            }

            await game.CompareAsync();
        }
    }

    private sealed class Game(StoreHome home, IEpisodeStore[] stores, NodeId[] nodes, StoreModel model)
    {
        private readonly List<Claim> _claims = [];

        public static async Task<Game> BeginAsync(StoreHome home)
        {
            var model = new StoreModel(s_options.MaxFailures, s_options.MaxLosses, (long)s_options.RetryDelay.TotalMilliseconds);
            var first = await home.OpenAsync(s_options);
            var stores = new[] { first, await home.OpenAsync(s_options), await home.OpenAsync(s_options) };
            var nodes = new List<NodeId>();
            foreach (var store in stores)
            {
                nodes.Add(await store.RegisterAsync(Plans.Node($"node {nodes.Count}"), Stop));
            }

            foreach (var name in new[] { "one", "two" })
            {
                await first.PlanAsync(Plans.Sweep(name), Plans.Episodes(3, 3), Stop);
                model.Episodes.AddRange(Plans.Episodes(3, 3).Select(episode => new ModelEpisode(Plans.Sweep(name).IdOf(episode), 3)));
            }

            return new Game(home, stores, [.. nodes], model);
        }

        public async Task StepAsync(int kind, int node, int pick, int amount)
        {
            var store = stores[node];
            // Any claim that anyone ever had: most are stale after a while.
            var claim = _claims.Count > 0 ? _claims[Math.Max(0, _claims.Count - 1 - (pick % 8))] : null;
            var target = model.Episodes[pick % model.Episodes.Count];
            switch (kind)
            {
                case <= 4:
                    await ClaimAsync(store, nodes[node], amount);
                    break;
                case <= 10 when claim is not null:
                    await CommitAsync(store, claim, amount);
                    break;
                case 11 when claim is not null:
                    await OwnedAsync(claim, "complete", () => store.CompleteAsync(claim, Plans.Result(), Stop), model.Of(claim).Committed.Count == model.Of(claim).Iterations, episode => episode.State = JournalState.Completed);
                    break;
                case 12 when claim is not null:
                    await OwnedAsync(claim, "fail", () => store.FailAsync(claim, "bad luck", amount > 1, Stop), true, episode => model.Failed(episode, amount > 1));
                    break;
                case 13 when claim is not null:
                    await OwnedAsync(claim, "release", () => store.ReleaseAsync(claim, Stop), true, episode => episode.State = JournalState.Planned);
                    break;
                case 14 when claim is not null:
                    var to = Math.Max(0, model.Of(claim).Committed.Count - amount);
                    await OwnedAsync(claim, "rewind", () => store.RewindAsync(claim, to, "damage", Stop), true, episode => episode.Committed.RemoveRange(to, episode.Committed.Count - to));
                    break;
                case 15:
                    var cancelled = await store.CancelAsync(EpisodeSelection.Of(target.Id), Stop);
                    Assert.Equal(target.State.IsEnded() ? 0 : 1, cancelled);
                    target.State = cancelled == 1 ? JournalState.Cancelled : target.State;
                    break;
                case 16:
                    var due = target.State is JournalState.Waiting or JournalState.Failed or JournalState.Cancelled;
                    Assert.Equal(due ? 1 : 0, await store.RetryAsync(EpisodeSelection.Of(target.Id), Stop));
                    if (due)
                    {
                        StoreModel.Retried(target);
                    }

                    break;
                case 17:
                    await RenewAsync(store, nodes[node]);
                    break;
                default:
                    await home.AdvanceAsync(TimeSpan.FromMilliseconds(amount * 300));
                    model.Advance(amount * 300);
                    break;
            }
        }

        /// <summary>Store, journals and model tell the same.</summary>
        public async Task CompareAsync()
        {
            foreach (var episode in model.Episodes)
            {
                var seen = (await stores[0].FindAsync(episode.Id, Stop))!;
                // The pause of a waiting episode may be over; the next claim notices.
                Assert.Equal((episode.State, episode.Epoch, episode.Committed.Count), (seen.State, seen.Epoch, seen.Committed));
                var iterations = await stores[0].IterationsAsync(episode.Id, Stop);
                Assert.Equal(episode.Committed, iterations.Select(iteration => (iteration.Frames, iteration.Epoch)));
            }

            var report = await new StoreCheck(stores[1], null).RunAsync(Stop);
            Assert.DoesNotContain(report.Findings, finding => !finding.Message.Contains("ran out", StringComparison.Ordinal));
            Assert.Equal(model.Episodes.Sum(episode => episode.Committed.Sum(iteration => iteration.Frames)), report.Frames);
        }

        private async Task ClaimAsync(IEpisodeStore store, NodeId node, int count)
        {
            var claimable = model.Claimable();
            var claims = await store.ClaimAsync(new ClaimRequest(node, count, TimeSpan.FromMilliseconds(Lease)), Stop);
            Assert.Equal(Math.Min(count, claimable.Count), claims.Count);
            foreach (var claim in claims)
            {
                var episode = Assert.Single(claimable, item => item.Id == claim.EpisodeId);
                model.Claimed(episode, Lease);
                Assert.Equal((episode.Epoch, episode.Committed.Count), (claim.Epoch, claim.Committed));
                _claims.Add(claim);
            }
        }

        private async Task CommitAsync(IEpisodeStore store, Claim claim, int frames)
        {
            var episode = model.Of(claim);
            var next = episode.Committed.Count;
            await OwnedAsync(
                claim,
                "commit",
                () => store.CommitIterationAsync(claim, Plans.Commit(next, frames), Stop),
                next < episode.Iterations,
                item =>
                {
                    item.Committed.Add((frames, claim.Epoch));
                    item.Losses = 0;
                });
        }

        /// <summary>An owner's write: done if it owns the episode, refused without a trace if not.</summary>
        private async Task OwnedAsync(Claim claim, string what, Func<Task> write, bool allowed, Action<ModelEpisode> effect)
        {
            var before = await stores[0].EventsAsync(claim.EpisodeId, Stop);
            var error = await Record.ExceptionAsync(write);
            var changed = (await stores[0].EventsAsync(claim.EpisodeId, Stop)).Count - before.Count;
            if (model.Owns(claim) && allowed)
            {
                Assert.Null(error);
                Assert.InRange(changed, what == "rewind" ? 0 : 1, 1);
                effect(model.Of(claim));
            }
            else
            {
                Assert.Equal(0, changed);
                // Its own last word may be repeated.
                var repetition = error is null && before.Count > 0 && before[^1].Epoch == claim.Epoch;
                Assert.True(repetition || error is StoreException, $"{what}: {error}");
                Assert.True(model.Owns(claim) || repetition || error is LeaseLostException, $"{what}: {error}");
            }
        }

        private async Task RenewAsync(IEpisodeStore store, NodeId node)
        {
            var held = _claims.Where(claim => claim.Node == node).GroupBy(claim => claim.EpisodeId).Select(group => group.Last()).ToList();
            var answer = await store.RenewAsync(node, held, TimeSpan.FromMilliseconds(Lease), Stop);
            Assert.Equal(held.Where(claim => !model.Owns(claim)).Select(claim => claim.EpisodeId).Order(), answer.Lost.Select(lost => lost.Claim.EpisodeId).Order());
            foreach (var claim in held.Where(model.Owns))
            {
                model.Of(claim).Expires = model.Now + Lease;
            }
        }
    }
}

namespace WorldModelActors.Episodes.Tests;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Planning_again_adds_only_what_is_new()
    {
        var store = await Home.OpenAsync();
        var first = await store.PlanAsync(Plans.Sweep(), Plans.Episodes(5), Stop);
        var again = await store.PlanAsync(Plans.Sweep(), Plans.Episodes(7), Stop);

        Assert.Equal(new PlanResult(Plans.Sweep().Id, 5, 0), first);
        Assert.Equal(new PlanResult(Plans.Sweep().Id, 2, 5), again);
        var listed = await store.ListAsync(EpisodeSelection.OfSweep(first.SweepId), stop: Stop);
        Assert.Equal(Plans.Episodes(7).Select(Plans.Sweep().IdOf), listed.Select(episode => episode.Id));
        Assert.Equal(Plans.Episodes(7).Select(episode => episode.Name), listed.Select(episode => episode.Name));
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task The_same_episode_twice_in_a_plan_is_one()
    {
        var store = await Home.OpenAsync();
        Assert.Equal(new PlanResult(Plans.Sweep().Id, 1, 1), await store.PlanAsync(Plans.Sweep(), [Plans.Episode(1), Plans.Episode(1)], Stop));
    }

    [Fact]
    public async Task Planning_again_leaves_what_runs_and_what_has_ended_alone()
    {
        var (store, node) = await PlannedAsync(2, iterations: 1);
        var done = await store.ClaimOneAsync(node);
        await store.CommitAllAsync(done);
        await store.CompleteAsync(done, Plans.Result(), Stop);
        var held = await store.ClaimOneAsync(node);

        Assert.Equal(0, (await store.PlanAsync(Plans.Sweep(), Plans.Episodes(2, 1), Stop)).Added);

        Assert.Equal(JournalState.Completed, (await SeeAsync(store, done)).State);
        await store.CommitIterationAsync(held, Plans.Commit(0), Stop);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_plan_of_many_batches_is_complete_and_in_order()
    {
        var store = await Home.OpenAsync();
        Assert.Equal(4500, (await store.PlanAsync(Plans.Sweep(), Plans.Episodes(4500, 1), Stop)).Added);

        var names = new List<string>();
        for (var after = 0L; ;)
        {
            var page = await store.ListAsync(new EpisodeSelection { All = true }, after, 700, Stop);
            if (page.Count == 0)
            {
                break;
            }

            names.AddRange(page.Select(episode => episode.Name));
            after = page[^1].Number;
        }

        Assert.Equal(Plans.Episodes(4500).Select(episode => episode.Name), names);
    }

    [Fact]
    public async Task Texts_come_back_as_they_went()
    {
        var store = await Home.OpenAsync();
        var name = "'); DROP TABLE episodes; -- \"äöü\" 日本 \\ \n\t{}";
        var spec = new System.Text.Json.Nodes.JsonObject { ["instruction"] = name, ["seed"] = 18446744073709551615UL };
        await store.PlanAsync(new SweepPlan(name, spec), [new PlannedEpisode(name, spec, 1)], Stop);

        var episode = Assert.Single(await store.ListAsync(new EpisodeSelection { All = true }, stop: Stop));
        Assert.Equal(name, episode.Name);
        Assert.Equal(CanonicalJson.Text(spec), CanonicalJson.Text(episode.Spec));
        Assert.Equal(name, Assert.Single((await store.SummaryAsync(stop: Stop)).Sweeps).Name);
    }

    [Fact]
    public async Task An_episode_is_found_by_the_beginning_of_its_id()
    {
        var (store, _) = await PlannedAsync(40);
        var ids = (await store.ListAsync(new EpisodeSelection { All = true }, stop: Stop)).Select(episode => episode.Id).ToList();

        Assert.Equal(ids[3], (await store.FindAsync(ids[3][..12], Stop))!.Id);
        Assert.Null(await store.FindAsync("000000000000", Stop));
        var shared = ids.GroupBy(id => id[..1]).First(group => group.Count() > 1).Key;
        Assert.Contains("give more digits", (await Assert.ThrowsAsync<StoreException>(() => store.FindAsync(shared, Stop))).Message);
        Assert.Contains("no episode id", (await Assert.ThrowsAsync<StoreException>(() => store.FindAsync("%", Stop))).Message);
    }

    [Fact]
    public async Task Cancelled_episodes_are_not_claimed_until_they_are_retried()
    {
        var (store, node) = await PlannedAsync(3);
        Assert.Equal(3, await store.CancelAsync(EpisodeSelection.OfSweep(Plans.Sweep().Id), Stop));
        Assert.Equal(0, await store.CancelAsync(EpisodeSelection.OfSweep(Plans.Sweep().Id), Stop));
        Assert.Empty(await store.ClaimAsync(new ClaimRequest(node, 3, Plans.Lease), Stop));

        Assert.Equal(1, await store.RetryAsync(EpisodeSelection.Of(Plans.Sweep().IdOf(Plans.Episode(1))), Stop));
        var claim = await store.ClaimOneAsync(node);
        Assert.Equal("episode 1", claim.Name);
        Assert.Equal([EventKind.Planned, EventKind.Cancelled, EventKind.Retried, EventKind.Claimed], await KindsAsync(store, claim));
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task An_empty_selection_is_nothing()
    {
        var (store, _) = await PlannedAsync(2);
        Assert.Equal(0, await store.CancelAsync(new EpisodeSelection(), Stop));
        Assert.Equal(2, await store.CancelAsync(new EpisodeSelection { All = true }, Stop));
    }

    [Fact]
    public async Task A_newer_schema_than_the_programs_is_an_error()
    {
        await Home.OpenAsync();
        await SetVersionAsync(Migrations.Current + 1);
        var error = await Assert.ThrowsAsync<StoreException>(() => Home.OpenAsync());
        Assert.Contains("newer program", error.Message);
        Assert.Contains(Home.Location.ToString()!, error.Message);
    }

    [Fact]
    public async Task Many_that_open_a_new_store_at_once_find_one_schema()
    {
        var home = Home;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var store = await EpisodeStores.OpenAsync(home.Location, null, Stop);
            await store.PlanAsync(Plans.Sweep(), Plans.Episodes(3), Stop);
            await store.DisposeAsync();
        }, Stop)));
        var opened = await EpisodeStores.OpenAsync(home.Location, null, Stop);
        Assert.Equal(3, (await opened.ListAsync(new EpisodeSelection { All = true }, stop: Stop)).Count);
        await opened.DisposeAsync();
    }

    private protected abstract Task SetVersionAsync(int version);
}

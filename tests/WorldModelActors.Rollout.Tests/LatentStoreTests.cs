using WorldModelActors.Engine;

namespace WorldModelActors.Rollout.Tests;

[Collection(DemoModelCollection.Name)]
public class LatentStoreTests
{
    private static readonly LatentOrigin Origin = new("e", ActorPath.Parse("/node/test"), "a tensor");

    [Fact]
    public void TensorLivesUntilItsLastReferenceGoes()
    {
        var before = LiveTensors;
        using var store = new LatentStore(CPU);
        LatentHandle handle;
        using (NewDisposeScope())
            handle = store.Put(ones([2, 3]), Origin);
        store.Retain(handle);
        store.Release(handle);
        using (var tensor = store.Borrow(handle))
            Assert.Equal(6, tensor.sum().ToSingle());
        store.Release(handle);
        Assert.Equal(0, store.Count);
        Assert.Equal(0, store.Bytes);
        Assert.Equal(24, store.PeakBytes);
        Assert.Contains("released", Assert.Throws<RolloutException>(() => store.Borrow(handle)).Message);
        // The sum above was made outside of any scope.
        Assert.Equal(before + 1, LiveTensors);
    }

    [Fact]
    public void EndOfAnEpisodeFreesWhatItHolds()
    {
        using var store = new LatentStore(CPU);
        store.Put(ones([4]), Origin);
        var other = store.Put(ones([4]), Origin with { Owner = "other" });
        Assert.Equal(["a tensor"], store.ReleaseEpisode("e").Select(o => o.What));
        Assert.Empty(store.ReleaseEpisode("e"));
        Assert.Equal(1, store.Count);
        store.Release(other);
    }

    [Fact]
    public void TensorThatIsLargerThanTheWholeBudgetIsAnErrorThatNamesIt()
    {
        using var store = new LatentStore(CPU, byteBudget: 40);
        var live = LiveTensors;
        var error = Assert.Throws<RolloutException>(() => store.Put(ones([11]), Origin with { What = "too much" }));
        Assert.Contains("too much of episode e takes 44 bytes", error.Message);
        Assert.Equal(live, LiveTensors);
    }

    [Fact]
    public void HandlesOfAnotherDeviceAreRefused()
    {
        using var store = new LatentStore(CPU);
        var error = Assert.Throws<RolloutException>(() => store.Borrow(new LatentHandle("cuda:0", 1, "[1]", ScalarType.Float32)));
        Assert.Contains("cuda:0#1", error.Message);
    }
}

using WorldModelActors.Engine;

namespace WorldModelActors.Rollout.Tests;

[Collection(DemoModelCollection.Name)]
public class LatentStoreTests
{
    private static readonly LatentOrigin Origin = new("e", ActorPath.Parse("/node/test"), "a tensor");

    [Fact]
    public void TensorLivesUntilItsLastReferenceGoes()
    {
        var before = Tensor.TotalCount;
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
        Assert.Equal(before + 1, Tensor.TotalCount);
    }

    [Fact]
    public void EndOfAnEpisodeFreesWhatItHolds()
    {
        using var store = new LatentStore(CPU);
        store.Put(ones([4]), Origin);
        var other = store.Put(ones([4]), Origin with { Owner = "other" });
        Assert.Equal(["a tensor"], store.CloseOwner("e").Select(o => o.What));
        Assert.Empty(store.CloseOwner("e"));
        Assert.Equal(1, store.Count);
        store.Release(other);
    }

    [Fact]
    public void TensorThatIsLargerThanTheWholeBudgetIsAnErrorThatNamesIt()
    {
        using var store = new LatentStore(CPU, byteBudget: 40);
        var live = Tensor.TotalCount;
        var error = Assert.Throws<RolloutException>(() => store.Put(ones([11]), Origin with { What = "too much" }));
        Assert.Contains("too much of episode e takes 44 bytes", error.Message);
        Assert.Equal(live, Tensor.TotalCount);
    }

    [Fact]
    public void HandlesOfAnotherDeviceAreRefused()
    {
        using var store = new LatentStore(CPU);
        var error = Assert.Throws<RolloutException>(() => store.Borrow(new LatentHandle("cuda:0", 1, "[1]", ScalarType.Float32)));
        Assert.Contains("cuda:0#1", error.Message);
        // Both stores count from 1: another one's handle must not give back what is here.
        var handle = store.Put([1], [1], Origin);
        Assert.Throws<RolloutException>(() => store.Release(handle with { Device = "cuda:0" }));
        Assert.Throws<RolloutException>(() => store.Release(handle with { Device = "cuda:0" }, "e"));
        Assert.True(store.Holds(handle));
    }

    [Fact]
    public void ClosedOwnerGivesEverythingBackAndTakesNothingMore()
    {
        var before = Tensor.TotalCount;
        using var store = new LatentStore(CPU);
        var owner = store.OpenOwner("e");
        var next = store.OpenOwner("e");
        store.Retain(store.Put(ones([4]), Origin with { Owner = owner }));
        var kept = store.Put(ones([2]), Origin with { Owner = next });
        Assert.Equal(["a tensor"], store.CloseOwner(owner).Select(o => o.What));
        var late = store.Put(ones([4]), Origin with { Owner = owner });
        Assert.Contains("released", Assert.Throws<RolloutException>(() => store.Borrow(late)).Message);
        store.Release(late);
        Assert.Equal((1, 8L, before + 1), (store.Count, store.Bytes, Tensor.TotalCount));
        store.Release(kept);
        Assert.Empty(store.CloseOwner(next));
    }

    [Fact]
    public void TensorThatTwoOwnersHoldOutlivesTheFirst()
    {
        using var store = new LatentStore(CPU);
        var (maker, keeper) = (store.OpenOwner("e"), store.OpenOwner("e"));
        var handle = store.Put(ones([4]), Origin with { Owner = maker });
        store.Retain(handle, keeper, ActorPath.Parse("/node/episode/e"), "the checkpoint of iteration 1");
        store.CloseOwner(maker);
        Assert.Equal([1, 1, 1, 1], store.Read(handle));
        store.Release(handle);
        Assert.Equal(1, store.Count);
        store.Release(handle, keeper);
        Assert.Equal(0, store.Count);
    }

    [Fact]
    public void ReportOfWhatWasForgottenNamesMakerHolderMessageAndTime()
    {
        var clock = new SetClock();
        using var store = new LatentStore(CPU, time: clock);
        var owner = store.OpenOwner("e");
        var handle = store.Put(ones([4]), Origin with { Owner = owner });
        store.Retain(handle);
        store.TakenOver(handle, ActorPath.Parse("/node/episode/e"), "FutureSampled");
        clock.Now = TimeSpan.FromSeconds(1.5);
        Assert.Equal(
            "episode e: a tensor, made by /node/test, last held by /node/episode/e since FutureSampled, for 1.5 s (2 references, 16 bytes)",
            Assert.Single(store.CloseOwner(owner)).ToString());
    }

    [Fact]
    public void WhatWasUsedLeastRecentlyMovesToTheHostAndComesBackUnchanged()
    {
        using var store = new LatentStore(CPU, 40, 32, null, null, new CopySpace());
        var a = store.Put([1, 2, 3, 4], [4], Origin);
        var b = store.Put([5, 6, 7, 8], [4], Origin);
        Assert.Equal([1, 2, 3, 4], store.Read(a));
        var c = store.Put([9, 10, 11, 12], [4], Origin);
        // b was used least recently.
        Assert.Equal((32L, 16L, 1L), (store.Bytes, store.HostBytes, store.Spills));
        using (var borrowed = store.Borrow(a))
        {
            Assert.Equal([5, 6, 7, 8], store.Read(b));
            // a is in use: c went in its place.
            Assert.Equal([1, 2, 3, 4], borrowed.data<float>().ToArray());
            Assert.Equal((32L, 16L, 2L), (store.Bytes, store.HostBytes, store.Spills));
        }
        Assert.Equal([9, 10, 11, 12], store.Read(c));
        var d = store.Put([13, 14, 15, 16], [4], Origin);
        Assert.Equal((32L, 32L), (store.Bytes, store.HostBytes));
        // Both are full: the work that holds the credit goes on.
        store.Put([17], [1], Origin);
        store.Put([18, 19], [2], Origin);
        Assert.Equal((44L, 32L), (store.Bytes, store.HostBytes));
        Assert.Equal([13, 14, 15, 16], store.Read(d));
        store.CloseOwner("e");
        Assert.Equal((0L, 0L, 0), (store.Bytes, store.HostBytes, store.Count));
    }

    [Fact]
    public void PutThatFailsBecauseTheHostHasNoMemoryLeavesNothing()
    {
        var before = Tensor.TotalCount;
        using var store = new LatentStore(CPU, 16, 64, null, null, new NoHost());
        var kept = store.Put([1, 2, 3], [3], Origin);
        Assert.Throws<InsufficientMemoryException>(() => store.Put([4, 5], [2], Origin));
        Assert.Equal((1, 12L, 0L, before + 1), (store.Count, store.Bytes, store.HostBytes, Tensor.TotalCount));
        Assert.Equal([1, 2, 3], store.Read(kept));
        store.Release(kept);
        Assert.Equal((0, 0L, before), (store.Count, store.Bytes, Tensor.TotalCount));
    }

    private sealed class NoHost : ISpillSpace
    {
        public Tensor ToHost(Tensor tensor) => throw new InsufficientMemoryException();

        public Tensor ToDevice(Tensor tensor) => throw new InvalidOperationException("nothing is on the host");
    }

    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
